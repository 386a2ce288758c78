package io.hanse.fsm.config;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConfigEntry.ContentCase;
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
      UnaryOperator.identity(),
      ExportedServicesRules::validate),
  SERVICE_INTENTIONS(
      "service-intentions",
      "",
      ContentCase.SERVICE_INTENTIONS,
      ServiceIntentionsRules::normalise,
      ServiceIntentionsRules::validate),
  SERVICE_DEFAULTS(
      "service-defaults",
      "",
      ContentCase.SERVICE_DEFAULTS,
      ServiceDefaultsRules::normalise,
      ServiceDefaultsRules::validate),
  PROXY_DEFAULTS(
      "proxy-defaults",
      "global",
      ContentCase.PROXY_DEFAULTS,
      UnaryOperator.identity(),
      ProxyDefaultsRules::validate),
  MESH("mesh", "mesh", ContentCase.MESH, UnaryOperator.identity(), MeshRules::validate),
  SERVICE_RESOLVER(
      "service-resolver",
      "",
      ContentCase.SERVICE_RESOLVER,
      ServiceResolverRules::normalise,
      ServiceResolverRules::validate),
  SERVICE_SPLITTER(
      "service-splitter",
      "",
      ContentCase.SERVICE_SPLITTER,
      ServiceSplitterRules::normalise,
      ServiceSplitterRules::validate),
  SERVICE_ROUTER(
      "service-router",
      "",
      ContentCase.SERVICE_ROUTER,
      ServiceRouterRules::normalise,
      ServiceRouterRules::validate),
  INGRESS_GATEWAY(
      "ingress-gateway",
      "",
      ContentCase.INGRESS_GATEWAY,
      IngressGatewayRules::normalise,
      IngressGatewayRules::validate),
  TERMINATING_GATEWAY(
      "terminating-gateway",
      "",
      ContentCase.TERMINATING_GATEWAY,
      UnaryOperator.identity(),
      TerminatingGatewayRules::validate),
  INLINE_CERTIFICATE(
      "inline-certificate",
      "",
      ContentCase.INLINE_CERTIFICATE,
      UnaryOperator.identity(),
      CertificateRules::validateInline),
  FILE_SYSTEM_CERTIFICATE(
      "file-system-certificate",
      "",
      ContentCase.FILE_SYSTEM_CERTIFICATE,
      UnaryOperator.identity(),
      CertificateRules::validateFiles),
  API_GATEWAY(
      "api-gateway",
      "",
      ContentCase.API_GATEWAY,
      ApiGatewayRules::normalise,
      ApiGatewayRules::validate),
  BOUND_API_GATEWAY(
      "bound-api-gateway",
      "",
      ContentCase.BOUND_API_GATEWAY,
      UnaryOperator.identity(),
      entry -> {
        throw RefusedKinds.boundApiGateway();
      }),
  HTTP_ROUTE(
      "http-route",
      "",
      ContentCase.HTTP_ROUTE,
      GatewayRouteRules::normaliseHttp,
      GatewayRouteRules::validateHttp),
  TCP_ROUTE(
      "tcp-route",
      "",
      ContentCase.TCP_ROUTE,
      GatewayRouteRules::normaliseTcp,
      GatewayRouteRules::validateTcp),
  JWT_PROVIDER(
      "jwt-provider",
      "",
      ContentCase.JWT_PROVIDER,
      JwtProviderRules::normalise,
      JwtProviderRules::validate),
  SAMENESS_GROUP(
      "sameness-group",
      "",
      ContentCase.SAMENESS_GROUP,
      UnaryOperator.identity(),
      entry -> {
        throw RefusedKinds.samenessGroup();
      }),
  PEERING(
      "peering", "", ContentCase.PEERING, PeeringPolicies::normalise, PeeringPolicies::validate);

  private final String wireName;
  private final String singletonName;
  private final ContentCase content;
  private final UnaryOperator<ConfigEntry> normaliser;
  private final Consumer<ConfigEntry> validator;

  ConfigEntryKind(
      String wireName,
      String singletonName,
      ContentCase content,
      UnaryOperator<ConfigEntry> normaliser,
      Consumer<ConfigEntry> validator) {
    this.wireName = wireName;
    this.singletonName = singletonName;
    this.content = content;
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
    fillIn(entry);
    return entry.build();
  }

  private void fillIn(ConfigEntry.Builder entry) {
    FieldDescriptor field = ConfigEntry.getDescriptor().findFieldByNumber(content.getNumber());
    entry.setField(field, entry.newBuilderForField(field).build());
  }

  /**
   * Fills in what is implied and drops what an author may not set; two spellings of the same entry
   * become equal, and so does their hash.
   */
  public ConfigEntry normalise(ConfigEntry entry) {
    ConfigEntry.Builder builder = entry.toBuilder().setKind(wireName).clearRaftIndex();
    if (builder.getContentCase() == ContentCase.CONTENT_NOT_SET) {
      fillIn(builder);
    }
    // Consul wants the name of this one spelled out, although there is only one.
    if (builder.getName().isEmpty() && this != EXPORTED_SERVICES) {
      builder.setName(singletonName);
    }
    return hashed(normaliser.apply(builder.build()));
  }

  private static ConfigEntry hashed(ConfigEntry normal) {
    return normal.toBuilder().setHash(ContentHash.of(normal)).build();
  }

  /** Refuses, with Consul's text, what can be seen to be wrong in the entry alone. */
  public void validate(ConfigEntry entry) {
    if (entry.getContentCase() != content) {
      throw Findings.invalid("invalid config entry kind: " + entry.getKind());
    }
    validator.accept(entry);
  }

  /** Refuses kinds of which nobody may delete an entry. */
  public void requireDeletable() {
    if (this == BOUND_API_GATEWAY) {
      throw RefusedKinds.boundApiGateway();
    }
  }

  /** What a writer does before it submits an entry: normalised and found valid. */
  public static ConfigEntry prepare(ConfigEntry entry) {
    ConfigEntryKind kind = of(entry.getKind());
    ConfigEntry normal = kind.normalise(entry);
    kind.validate(normal);
    return normal;
  }

  /** The same of intentions whose sources have ids, which no author may write. */
  public static ConfigEntry prepareLegacy(ConfigEntry intentions) {
    ConfigEntry normal = ServiceIntentionsRules.normaliseLegacy(intentions);
    ServiceIntentionsRules.validateLegacy(normal);
    return hashed(normal);
  }
}
