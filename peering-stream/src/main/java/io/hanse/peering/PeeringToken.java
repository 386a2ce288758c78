package io.hanse.peering;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Locality;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.RemoteInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster hands to another one so that it may dial: where, whom to trust there, and a secret
 * that is good once. Source: peering protocol, section 1.
 *
 * @param caPems the roots of the issuing cluster
 * @param manualAddresses named by its operator; if there are any, only these are dialed. A Consul
 *     labels none
 * @param addresses of its servers
 * @param serverName of its servers in TLS
 * @param peerId the issuing cluster's id of the peering
 * @param expires when the issuing cluster ceases to take it, if ever; a Consul does not say
 */
public record PeeringToken(
    List<String> caPems,
    List<PeerAddress> manualAddresses,
    List<String> addresses,
    String serverName,
    String peerId,
    String secret,
    RemoteInfo remote,
    Optional<Instant> expires) {
  /** A token holds some certificates and addresses: far below it. */
  private static final int LENGTH_MAX = 4 * 1024 * 1024;

  private static final String TYPE = "PeeringToken";
  private static final String EXPIRES = "HanseExpires";
  private static final String LABELS = "HanseAddressLabels";

  public PeeringToken {
    caPems = List.copyOf(caPems);
    manualAddresses = List.copyOf(manualAddresses);
    addresses = List.copyOf(addresses);
  }

  /** The text to hand over. */
  public String encode() {
    StringBuilder json = new StringBuilder("{\"CA\":");
    list(json, caPems);
    json.append(",\"ManualServerAddresses\":");
    list(json, LabelledAddresses.plain(manualAddresses));
    json.append(",\"ServerAddresses\":");
    list(json, addresses);
    json.append(",\"ServerName\":");
    text(json, serverName);
    json.append(",\"PeerID\":");
    text(json, peerId);
    json.append(",\"EstablishmentSecret\":");
    text(json, secret);
    json.append(",\"Remote\":{\"Partition\":");
    text(json, remote.getPartition());
    json.append(",\"Datacenter\":");
    text(json, remote.getDatacenter());
    json.append(",\"Locality\":");
    if (remote.hasLocality()) {
      json.append("{\"Region\":");
      text(json, remote.getLocality().getRegion());
      json.append(",\"Zone\":");
      text(json, remote.getLocality().getZone());
      json.append('}');
    } else {
      json.append("null");
    }
    json.append('}');
    // Consul skips what it does not know.
    expires.ifPresent(
        end -> {
          json.append(",\"" + EXPIRES + "\":");
          text(json, end.toString());
        });
    labels(json, LabelledAddresses.labels(manualAddresses));
    json.append('}');
    return Base64.getEncoder().encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void list(StringBuilder json, List<String> texts) {
    if (texts.isEmpty()) {
      json.append("null");
      return;
    }
    char separator = '[';
    for (String text : texts) {
      json.append(separator);
      text(json, text);
      separator = ',';
    }
    json.append(']');
  }

  /**
   * By address, as the list of them has to stay what Consul reads; nothing where there are none.
   */
  private static void labels(StringBuilder json, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return;
    }
    json.append(",\"" + LABELS + "\":");
    char separator = '{';
    for (Map.Entry<String, String> label : labels.entrySet()) {
      json.append(separator);
      text(json, label.getKey());
      json.append(':');
      text(json, label.getValue());
      separator = ',';
    }
    json.append('}');
  }

  private static void text(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || c == '<' || c == '>' || c == '&') {
            json.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  /**
   * Reads a text's form; what it says is judged by {@link #check}.
   *
   * @throws ProblemException {@code INVALID_ARGUMENT} for what is no token, in Consul's words
   */
  public static PeeringToken decode(String text) {
    if (text.length() > LENGTH_MAX) {
      throw TokenJson.refused("failed to decode token: more than " + LENGTH_MAX + " characters");
    }
    GoBase64.Decoded decoded = GoBase64.decode(text);
    OptionalInt mistake = decoded.mistake();
    if (mistake.isPresent()) {
      throw TokenJson.refused(
          "failed to decode token: illegal base64 data at input byte " + mistake.getAsInt());
    }
    Object json = TokenJson.parse(decoded.content().toStringUtf8());
    Fields fields = new Fields(TYPE, "structs.PeeringToken", json);
    Fields remote = fields.object("Remote", "structs.PeeringTokenRemote");
    Fields locality = remote.object("Locality", "structs.Locality");
    RemoteInfo.Builder info =
        RemoteInfo.newBuilder()
            .setPartition(remote.text("Partition"))
            .setDatacenter(remote.text("Datacenter"));
    if (locality.isPresent()) {
      info.setLocality(
          Locality.newBuilder().setRegion(locality.text("Region")).setZone(locality.text("Zone")));
    }
    return new PeeringToken(
        fields.texts("CA"),
        LabelledAddresses.of(
            fields.texts("ManualServerAddresses"),
            fields.object(LABELS, "map[string]string").textsByKey()),
        fields.texts("ServerAddresses"),
        fields.text("ServerName"),
        fields.text("PeerID"),
        fields.text("EstablishmentSecret"),
        info.build(),
        expires(fields.text(EXPIRES)));
  }

  private static Optional<Instant> expires(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      throw TokenJson.refused("peering token expiry is not a time");
    }
  }

  /**
   * Refuses what can't be dialed with. The secret is not looked at.
   *
   * @throws ProblemException {@code INVALID_ARGUMENT}, in Consul's words
   */
  public void check() {
    TokenRules.checkToken(this);
  }

  @Override
  public String toString() {
    return "PeeringToken[" + serverName + ", " + peerId + "]";
  }

  /** The members of an object, matched without case; a wrong type is refused in Consul's words. */
  private static final class Fields {
    private final String path;
    private final Map<?, ?> members;
    private final boolean present;

    Fields(String path, String type, @Nullable Object value) {
      this.path = path;
      if (value != null && !(value instanceof Map)) {
        boolean isRoot = path.equals(TYPE);
        throw TokenJson.refused(
            "json: cannot unmarshal "
                + kind(value)
                + (isRoot
                    ? " into Go value of type "
                    : " into Go struct field " + path + " of type ")
                + type);
      }
      this.present = value != null;
      this.members = value instanceof Map<?, ?> map ? map : Map.of();
    }

    boolean isPresent() {
      return present;
    }

    private @Nullable Object value(String name) {
      Object found = null;
      for (Map.Entry<?, ?> member : members.entrySet()) {
        if (name.equalsIgnoreCase(String.valueOf(member.getKey()))) {
          found = member.getValue();
        }
      }
      return found;
    }

    Fields object(String name, String type) {
      return new Fields(path + "." + name, type, value(name));
    }

    String text(String name) {
      Object value = value(name);
      if (value == null) {
        return "";
      }
      if (value instanceof String text) {
        return text;
      }
      throw wrong(name, value, "string");
    }

    /** All members, whose keys are no names of ours and keep their case. */
    Map<String, String> textsByKey() {
      Map<String, String> texts = new LinkedHashMap<>();
      for (Map.Entry<?, ?> member : members.entrySet()) {
        String key = String.valueOf(member.getKey());
        if (member.getValue() instanceof String text) {
          texts.put(key, text);
        } else if (member.getValue() != null) {
          throw wrong(key, member.getValue(), "string");
        }
      }
      return texts;
    }

    List<String> texts(String name) {
      Object value = value(name);
      if (value == null) {
        return List.of();
      }
      if (!(value instanceof List<?> elements)) {
        throw wrong(name, value, "[]string");
      }
      List<String> texts = new ArrayList<>(elements.size());
      for (Object element : elements) {
        if (element == null) {
          texts.add("");
        } else if (element instanceof String text) {
          texts.add(text);
        } else {
          throw wrong(name, element, "string");
        }
      }
      return texts;
    }

    private RuntimeException wrong(String name, Object value, String type) {
      return TokenJson.refused(
          "json: cannot unmarshal "
              + kind(value)
              + " into Go struct field "
              + path
              + "."
              + name
              + " of type "
              + type);
    }

    private static String kind(Object value) {
      if (value instanceof Map) {
        return "object";
      }
      if (value instanceof List) {
        return "array";
      }
      if (value instanceof TokenJson.Numeral) {
        return "number";
      }
      return value instanceof Boolean ? "bool" : "string";
    }
  }
}
