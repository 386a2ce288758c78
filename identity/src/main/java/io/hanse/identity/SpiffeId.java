package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a certificate is for, as its URI SAN says it.
 *
 * @param partition empty means the default one
 * @param namespace of services only
 * @param name of the service or the node
 */
public record SpiffeId(
    Kind kind,
    String trustDomain,
    String partition,
    String namespace,
    String datacenter,
    String name) {
  /** What can be named. Identities are matched in this order. */
  public enum Kind {
    SERVICE("^(?:/ap/([^/]+))?/ns/([^/]+)/dc/([^/]+)/svc/([^/]+)$"),
    AGENT("^(?:/ap/([^/]+))?/agent/client/dc/([^/]+)/id/([^/]+)$"),
    MESH_GATEWAY("^(?:/ap/([^/]+))?/gateway/mesh/dc/([^/]+)$"),
    SERVER("^/agent/server/dc/([^/]+)$"),
    /** The authority itself: no path. */
    SIGNING("^$");

    private final Pattern path;

    Kind(String path) {
      this.path = Pattern.compile(path);
    }
  }

  public static final String DEFAULT = "default";
  private static final String SCHEME = "spiffe://";
  private static final String UNESCAPED = "-_.~$&+:=@";

  public static SpiffeId service(TrustDomain domain, String datacenter, String service) {
    return new SpiffeId(Kind.SERVICE, domain.name(), "", DEFAULT, datacenter, service);
  }

  public static SpiffeId meshGateway(TrustDomain domain, String datacenter) {
    return new SpiffeId(Kind.MESH_GATEWAY, domain.name(), "", "", datacenter, "");
  }

  public static SpiffeId agent(TrustDomain domain, String datacenter, String node) {
    return new SpiffeId(Kind.AGENT, domain.name(), "", "", datacenter, node);
  }

  public static SpiffeId server(TrustDomain domain, String datacenter) {
    return new SpiffeId(Kind.SERVER, domain.name(), "", "", datacenter, "");
  }

  public static SpiffeId signing(TrustDomain domain) {
    return new SpiffeId(Kind.SIGNING, domain.name(), "", "", "", "");
  }

  /** Reads an identity; refuses what is none with Consul's text. */
  public static SpiffeId parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT, "SPIFFE ID is not in the expected format: " + text, e);
    }
    if (!"spiffe".equalsIgnoreCase(uri.getScheme())) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT, "SPIFFE ID must have 'spiffe' scheme");
    }
    String host = uri.getRawAuthority();
    String path = uri.getRawPath();
    if (host != null && path != null) {
      for (Kind kind : Kind.values()) {
        Matcher matcher = kind.path.matcher(path);
        if (matcher.matches()) {
          return of(kind, host, matcher);
        }
      }
    }
    throw new ProblemException(
        ProblemCode.INVALID_ARGUMENT, "SPIFFE ID is not in the expected format: " + text);
  }

  private static SpiffeId of(Kind kind, String host, Matcher path) {
    return switch (kind) {
      case SERVICE ->
          new SpiffeId(kind, host, group(path, 1), group(path, 2), group(path, 3), group(path, 4));
      case AGENT -> new SpiffeId(kind, host, group(path, 1), "", group(path, 2), group(path, 3));
      case MESH_GATEWAY -> new SpiffeId(kind, host, group(path, 1), "", group(path, 2), "");
      case SERVER -> new SpiffeId(kind, host, "", "", group(path, 1), "");
      case SIGNING -> new SpiffeId(kind, host, "", "", "", "");
    };
  }

  private static String group(Matcher path, int index) {
    String raw = path.group(index);
    // A plus sign is itself in a path; the decoder of forms would make it a space.
    return raw == null
        ? ""
        : java.net.URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  public boolean inDefaultPartition() {
    return partition.isEmpty() || partition.equalsIgnoreCase(DEFAULT);
  }

  public SpiffeId withTrustDomain(TrustDomain domain) {
    return new SpiffeId(kind, domain.name(), partition, namespace, datacenter, name);
  }

  /** The exact text of the URI SAN. */
  public String uri() {
    String host = SCHEME + trustDomain.toLowerCase(Locale.ROOT);
    String part = inDefaultPartition() ? "" : "/ap/" + escaped(partition);
    return switch (kind) {
      case SERVICE ->
          host
              + part
              + "/ns/"
              + escaped(namespace)
              + "/dc/"
              + escaped(datacenter)
              + "/svc/"
              + escaped(name);
      case AGENT ->
          host + part + "/agent/client/dc/" + escaped(datacenter) + "/id/" + escaped(name);
      case MESH_GATEWAY -> host + part + "/gateway/mesh/dc/" + escaped(datacenter);
      case SERVER -> host + "/agent/server/dc/" + escaped(datacenter);
      case SIGNING -> host;
    };
  }

  private static String escaped(String segment) {
    StringBuilder text = new StringBuilder(segment.length());
    for (byte unit : segment.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (unit & 0xff);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean plain = letter || (c >= '0' && c <= '9') || UNESCAPED.indexOf(c) >= 0;
      if (plain) {
        text.append(c);
      } else {
        text.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
      }
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return uri();
  }
}
