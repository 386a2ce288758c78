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
import java.util.Locale;
import java.util.Set;

/** What a service-intentions entry fills in and may say. */
final class ServiceIntentionsRules {
  private static final String WILDCARD = "*";
  private static final String CONSUL = "consul";
  private static final int DESCRIPTION_LENGTH_MAX = 512;

  private ServiceIntentionsRules() {}

  static ConfigEntry normalise(ConfigEntry entry) {
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
        List<String> methods = new ArrayList<>();
        for (String method : permission.getHttp().getMethodsList()) {
          methods.add(method.toUpperCase(Locale.ROOT));
        }
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
    String destination = entry.getName();
    if (destination.isEmpty()) {
      throw invalid("Name is required");
    }
    requireWholeWildcard(destination, "Name");
    Findings meta = new Findings();
    MetaRules.lax(entry.getMetaMap(), meta);
    meta.throwIfAny();
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
    // There is no kind that defines a provider, so none that is referred to exists.
    refuseJwt(intentions.getJwt());
    for (SourceIntention source : intentions.getSourcesList()) {
      source.getPermissionsList().forEach(permission -> refuseJwt(permission.getJwt()));
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
    if (!source.getLegacyId().isEmpty()) {
      throw invalid(where + ".LegacyID must be omitted");
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

  private static void refuseJwt(Struct jwt) {
    Findings findings = new Findings();
    Value providers = jwt.getFieldsOrDefault("Providers", Value.getDefaultInstance());
    for (Value provider : providers.getListValue().getValuesList()) {
      Value name = provider.getStructValue().getFieldsOrDefault("Name", Value.getDefaultInstance());
      findings.add(
          "Referenced JWT Provider does not exist. Provider Name: " + name.getStringValue());
    }
    findings.throwIfAny();
  }
}
