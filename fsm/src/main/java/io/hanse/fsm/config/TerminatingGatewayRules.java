package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.LinkedService;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a terminating-gateway entry may say. */
final class TerminatingGatewayRules {
  private TerminatingGatewayRules() {}

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    Set<String> seen = new LinkedHashSet<>();
    for (LinkedService service : entry.getTerminatingGateway().getServicesList()) {
      String name = service.getName();
      if (name.isEmpty()) {
        throw invalid("Service name cannot be blank.");
      }
      if (!seen.add(name)) {
        throw invalid("Service \"" + name + "\" was specified more than once within a namespace");
      }
      boolean showsItself = !service.getCertFile().isEmpty() || !service.getKeyFile().isEmpty();
      boolean isComplete =
          !service.getCaFile().isEmpty()
              && !service.getCertFile().isEmpty()
              && !service.getKeyFile().isEmpty();
      if (showsItself && !isComplete) {
        throw invalid(
            "Service \""
                + name
                + "\" must have a CertFile, CAFile, and KeyFile specified for TLS origination");
      }
    }
  }
}
