package io.hanse.fsm.config;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConfigEntry.ContentCase;
import io.hanse.fsm.row.ExportedServices;
import io.hanse.fsm.row.Mesh;
import io.hanse.fsm.row.ProxyDefaults;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.ServiceIntentions;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The kinds of config entries: what each is called, holds, fills in and refuses. Rules that need
 * other entries are not here but in the applier. Source: HTTP API, section C.2.
 */
@SuppressWarnings("ImmutableEnumChecker") // The functions are references to static methods.
public enum ConfigEntryKind {
  EXPORTED_SERVICES(
      "exported-services",
      "default",
      ContentCase.EXPORTED_SERVICES,
      entry -> entry.setExportedServices(ExportedServices.getDefaultInstance()),
      UnaryOperator.identity(),
      ExportedServicesRules::validate),
  SERVICE_INTENTIONS(
      "service-intentions",
      "",
      ContentCase.SERVICE_INTENTIONS,
      entry -> entry.setServiceIntentions(ServiceIntentions.getDefaultInstance()),
      ServiceIntentionsRules::normalise,
      ServiceIntentionsRules::validate),
  SERVICE_DEFAULTS(
      "service-defaults",
      "",
      ContentCase.SERVICE_DEFAULTS,
      entry -> entry.setServiceDefaults(ServiceDefaults.getDefaultInstance()),
      ServiceDefaultsRules::normalise,
      ServiceDefaultsRules::validate),
  PROXY_DEFAULTS(
      "proxy-defaults",
      "global",
      ContentCase.PROXY_DEFAULTS,
      entry -> entry.setProxyDefaults(ProxyDefaults.getDefaultInstance()),
      UnaryOperator.identity(),
      ProxyDefaultsRules::validate),
  MESH(
      "mesh",
      "mesh",
      ContentCase.MESH,
      entry -> entry.setMesh(Mesh.getDefaultInstance()),
      UnaryOperator.identity(),
      MeshRules::validate);

  private final String wireName;
  private final String singletonName;
  private final ContentCase content;
  private final Consumer<ConfigEntry.Builder> emptyContent;
  private final UnaryOperator<ConfigEntry> normaliser;
  private final Consumer<ConfigEntry> validator;

  ConfigEntryKind(
      String wireName,
      String singletonName,
      ContentCase content,
      Consumer<ConfigEntry.Builder> emptyContent,
      UnaryOperator<ConfigEntry> normaliser,
      Consumer<ConfigEntry> validator) {
    this.wireName = wireName;
    this.singletonName = singletonName;
    this.content = content;
    this.emptyContent = emptyContent;
    this.normaliser = normaliser;
    this.validator = validator;
  }

  /** By its name in the API; refuses a name that is none. */
  public static ConfigEntryKind of(String wireName) {
    return find(wireName)
        .orElseThrow(() -> Findings.invalid("invalid config entry kind: " + wireName));
  }

  public static Optional<ConfigEntryKind> find(String wireName) {
    for (ConfigEntryKind kind : values()) {
      if (kind.wireName.equals(wireName)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  public String wireName() {
    return wireName;
  }

  public ContentCase content() {
    return content;
  }

  /** The name of the only entry of this kind; empty where there may be many. */
  public Optional<String> singletonName() {
    return singletonName.isEmpty() ? Optional.empty() : Optional.of(singletonName);
  }

  /** An entry of this kind without anything in it, to decode into. */
  public ConfigEntry prototype() {
    ConfigEntry.Builder entry = ConfigEntry.newBuilder().setKind(wireName).setName(singletonName);
    emptyContent.accept(entry);
    return entry.build();
  }

  /**
   * Fills in what is implied and drops what an author may not set; two spellings of the same entry
   * become equal, and so does their hash.
   */
  public ConfigEntry normalise(ConfigEntry entry) {
    ConfigEntry.Builder builder = entry.toBuilder().setKind(wireName).clearRaftIndex();
    if (builder.getContentCase() == ContentCase.CONTENT_NOT_SET) {
      emptyContent.accept(builder);
    }
    // Consul wants the name of this one spelled out, although there is only one.
    if (builder.getName().isEmpty() && this != EXPORTED_SERVICES) {
      builder.setName(singletonName);
    }
    ConfigEntry normal = normaliser.apply(builder.build());
    return normal.toBuilder().setHash(ContentHash.of(normal)).build();
  }

  /** Refuses, with Consul's text, what can be seen to be wrong in the entry alone. */
  public void validate(ConfigEntry entry) {
    if (entry.getContentCase() != content) {
      throw Findings.invalid("invalid config entry kind: " + entry.getKind());
    }
    validator.accept(entry);
  }

  /** What a writer does before it submits an entry: normalised and found valid. */
  public static ConfigEntry prepare(ConfigEntry entry) {
    ConfigEntryKind kind = of(entry.getKind());
    ConfigEntry normal = kind.normalise(entry);
    kind.validate(normal);
    return normal;
  }
}
