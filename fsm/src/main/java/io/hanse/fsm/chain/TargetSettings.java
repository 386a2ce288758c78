package io.hanse.fsm.chain;

import io.hanse.fsm.chain.ChainRequest.Overrides;
import io.hanse.fsm.row.ChainTarget;
import io.hanse.fsm.row.ProxyDefaults;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.ServiceResolver;
import java.util.Optional;

/** How the defaults say that a target is reached: by its own name, or through mesh gateways. */
final class TargetSettings {
  private TargetSettings() {}

  static void apply(
      ChainSources sources,
      Overrides overrides,
      Customisation customisation,
      ChainTarget.Builder target,
      ServiceResolver resolver) {
    Optional<ServiceDefaults> own = sources.serviceDefaults(target.getService());
    String externalName = own.map(ServiceDefaults::getExternalSni).orElse("");
    if (!externalName.isEmpty()) {
      target.setSni(externalName).setExternal(true);
      requirePlain(target.getService(), resolver);
      return;
    }
    Optional<ProxyDefaults> all = sources.proxyDefaults();
    String mode = own.map(one -> one.getMeshGateway().getMode()).orElse("");
    if (mode.isEmpty()) {
      mode = all.map(one -> one.getMeshGateway().getMode()).orElse("");
    }
    String wanted = overrides.meshGatewayMode();
    if (!wanted.isEmpty() && !wanted.equals(mode)) {
      mode = wanted;
      customisation.noteMeshGateway();
    }
    target.getMeshGatewayBuilder().setMode(mode);
    boolean isDialedDirectly =
        own.map(one -> one.getTransparentProxy().getDialedDirectly()).orElse(false)
            || all.map(one -> one.getTransparentProxy().getDialedDirectly()).orElse(false);
    target.getTransparentProxyBuilder().setDialedDirectly(isDialedDirectly);
  }

  /** What is outside of the mesh has one address, and no instances to choose from. */
  private static void requirePlain(String service, ServiceResolver resolver) {
    String what =
        resolver.hasRedirect()
            ? "redirects"
            : resolver.getSubsetsCount() > 0
                ? "subsets"
                : resolver.getFailoverCount() > 0 ? "failover" : "";
    if (!what.isEmpty()) {
      throw ChainProblems.invalid(
          "service \""
              + service
              + "\" has an external SNI set; cannot define "
              + what
              + " for external services");
    }
  }
}
