package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.IntentionPermission;
import io.hanse.fsm.row.ServiceIntentions;
import io.hanse.fsm.row.SourceIntention;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a service-intentions entry fills in and may say. */
public final class ServiceIntentionsRules {
  private static final String WILDCARD = "*";
  private static final String CONSUL = "consul";
  private static final int DESCRIPTION_LENGTH_MAX = 512;

  private ServiceIntentionsRules() {}

  /**
   * An author leaves out what the API by id keeps. What identifies is dropped silently, so that an
   * entry can be read and written again; metadata would be lost, and is refused later.
   */
  static ConfigEntry normalise(ConfigEntry entry) {
    ServiceIntentions.Builder intentions = entry.getServiceIntentions().toBuilder();
    for (SourceIntention.Builder source : intentions.getSourcesBuilderList()) {
      source.clearLegacyId().clearLegacyCreateTime().clearLegacyUpdateTime();
    }
    return normaliseLegacy(entry.toBuilder().setServiceIntentions(intentions).build());
  }

  /** The same of an entry whose sources have ids. */
  static ConfigEntry normaliseLegacy(ConfigEntry entry) {
    List<SourceIntention> sources = new ArrayList<>();
    for (SourceIntention source : entry.getServiceIntentions().getSourcesList()) {
      sources.add(normalise(source, entry.getName()));
    }
    // Stable: among equals the author's order stays, and with it the indexes in error texts.
    sources.sort(Comparator.comparingInt(SourceIntention::getPrecedence).reversed());
    ServiceIntentions.Builder intentions = entry.getServiceIntentions().toBuilder();
    intentions.clearSources().addAllSources(sources);
    return entry.toBuilder().setServiceIntentions(intentions).build();
  }

  private static SourceIntention normalise(SourceIntention source, String destination) {
    SourceIntention.Builder builder = source.toBuilder();
    builder.setPrecedence(precedence(destination, source.getName()));
    if (builder.getType().isEmpty()) {
      builder.setType(CONSUL);
    }
    for (IntentionPermission.Builder permission : builder.getPermissionsBuilderList()) {
      if (permission.hasHttp()) {
        List<String> methods = HttpMethods.upper(permission.getHttp().getMethodsList());
        permission.getHttpBuilder().clearMethods().addAllMethods(methods);
      }
    }
    return builder.build();
  }

  /** How precise an intention is; a peer does not change it. The other numbers need namespaces. */
  private static int precedence(String destination, String source) {
    boolean anySource = source.equals(WILDCARD);
    if (destination.equals(WILDCARD)) {
      return anySource ? 5 : 6;
    }
    return anySource ? 8 : 9;
  }

  static void validate(ConfigEntry entry) {
    for (int i = 0; i < entry.getServiceIntentions().getSourcesCount(); i++) {
      if (entry.getServiceIntentions().getSources(i).getLegacyMetaCount() > 0) {
        throw invalid("Sources[" + i + "].LegacyMeta must be omitted");
      }
    }
    validateSources(entry);
  }

  /** Of an entry whose sources have ids; it has no metadata of its own. */
  static void validateLegacy(ConfigEntry entry) {
    if (entry.getMetaCount() > 0) {
      throw invalid("Meta must be omitted for legacy intention writes");
    }
    validateSources(entry);
    for (int i = 0; i < entry.getServiceIntentions().getSourcesCount(); i++) {
      SourceIntention source = entry.getServiceIntentions().getSources(i);
      String where = "Sources[" + i + "]";
      if (!source.getPeer().isEmpty()) {
        throw invalid(where + ".Peer cannot be set by legacy intentions");
      }
      requireAction(source.getAction(), where);
    }
  }

  private static void validateSources(ConfigEntry entry) {
    String destination = entry.getName();
    Names.require(entry);
    requireWholeWildcard(destination, "Name");
    MetaRules.requireLax(entry.getMetaMap());
    ServiceIntentions intentions = entry.getServiceIntentions();
    if (intentions.getSourcesCount() == 0) {
      throw invalid("At least one source is required");
    }
    Set<String> seen = new LinkedHashSet<>();
    for (int i = 0; i < intentions.getSourcesCount(); i++) {
      SourceIntention source = intentions.getSources(i);
      String where = "Sources[" + i + "]";
      validate(source, where, destination.equals(WILDCARD));
      String name = "\"" + source.getName() + "\"";
      if (!source.getPeer().isEmpty()) {
        name = "peer(\"" + source.getPeer() + "\") " + name;
      }
      if (!seen.add(name)) {
        throw invalid(where + " defines " + name + " more than once");
      }
    }
  }

  private static void validate(SourceIntention source, String where, boolean anyDestination) {
    if (source.getName().isEmpty()) {
      throw invalid(where + ".Name is required");
    }
    requireWholeWildcard(source.getName(), where + ".Name");
    if (source.getPeer().contains(WILDCARD)) {
      throw invalid(where + ".Peer: cannot use wildcard '*' in peer");
    }
    if (source.getDescription().length() > DESCRIPTION_LENGTH_MAX) {
      throw invalid(where + ".Description exceeds maximum length " + DESCRIPTION_LENGTH_MAX);
    }
    if (anyDestination && source.getPermissionsCount() > 0) {
      throw invalid(
          where + ".Permissions cannot be specified on intentions with wildcarded destinations");
    }
    if (!source.getType().equals(CONSUL)) {
      throw invalid(where + ".Type must be set to 'consul'");
    }
    if (source.getPermissionsCount() == 0) {
      requireAction(source.getAction(), where);
      return;
    }
    if (!source.getAction().isEmpty()) {
      throw invalid(where + ".Action must be omitted if Permissions are specified");
    }
    for (int j = 0; j < source.getPermissionsCount(); j++) {
      IntentionPermission permission = source.getPermissions(j);
      String at = where + ".Permissions[" + j + "]";
      requireAction(permission.getAction(), at);
      if (!permission.hasHttp()) {
        throw invalid(at + ".HTTP is required");
      }
      HttpPermissionRules.validate(permission.getHttp(), at + ".HTTP");
    }
  }

  private static void requireAction(String action, String where) {
    if (!action.equals("allow") && !action.equals("deny")) {
      throw invalid(where + ".Action must be set to 'allow' or 'deny'");
    }
  }

  private static void requireWholeWildcard(String name, String where) {
    if (name.contains(WILDCARD) && !name.equals(WILDCARD)) {
      throw invalid(where + ": wildcard character '*' cannot be used with partial values");
    }
  }

  /** The names of the issuers that the entry relies on. */
  public static Set<String> providers(ConfigEntry entry) {
    Set<String> names = new TreeSet<>();
    ServiceIntentions intentions = entry.getServiceIntentions();
    addProviders(intentions.getJwt(), names);
    for (SourceIntention source : intentions.getSourcesList()) {
      source.getPermissionsList().forEach(permission -> addProviders(permission.getJwt(), names));
    }
    return names;
  }

  private static void addProviders(Struct jwt, Set<String> names) {
    Value providers = jwt.getFieldsOrDefault("Providers", Value.getDefaultInstance());
    for (Value provider : providers.getListValue().getValuesList()) {
      Value name = provider.getStructValue().getFieldsOrDefault("Name", Value.getDefaultInstance());
      names.add(name.getStringValue());
    }
  }
}
