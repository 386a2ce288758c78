package io.hanse.cli.agent.check;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.view.Maintenance;
import java.util.Optional;

/** How a check is found out: by which of its fields is set. The name is what the catalog shows. */
public enum CheckKind {
  SCRIPT("script"),
  DOCKER("docker"),
  HTTP("http"),
  TCP("tcp"),
  UDP("udp"),
  GRPC("grpc"),
  H2PING("h2ping"),
  OS_SERVICE("os_service"),
  ALIAS("alias"),
  TTL("ttl"),

  /** Of no definition: somebody says so, and takes it back. */
  MAINTENANCE(Maintenance.WORD);

  private final String text;

  CheckKind(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public static CheckKind of(AgentCheck check) {
    return check.getRow().getType().equals(MAINTENANCE.text)
        ? MAINTENANCE
        : of(check.getDefinition());
  }

  public static CheckKind of(CheckType check) {
    if (!check.getAliasNode().isEmpty() || !check.getAliasService().isEmpty()) {
      return ALIAS;
    }
    if (!check.getDockerContainerId().isEmpty()) {
      return DOCKER;
    }
    if (check.getScriptArgsCount() > 0) {
      return SCRIPT;
    }
    if (!check.getHttp().isEmpty()) {
      return HTTP;
    }
    if (!check.getGrpc().isEmpty()) {
      return GRPC;
    }
    if (!check.getTcp().isEmpty()) {
      return TCP;
    }
    if (!check.getUdp().isEmpty()) {
      return UDP;
    }
    if (!check.getH2Ping().isEmpty()) {
      return H2PING;
    }
    return check.getOsService().isEmpty() ? TTL : OS_SERVICE;
  }

  /** What is wrong with a definition, in Consul's words. Source: Consul's API, B.7.4. */
  public static Optional<String> problem(CheckType check) {
    CheckKind kind = of(check);
    boolean hasInterval = isPositive(check.getInterval());
    boolean hasTtl = isPositive(check.getTtl());
    if (kind == ALIAS) {
      return hasTtl ? Optional.of("TTL must be not be set for Alias checks") : Optional.empty();
    }
    if (hasInterval && hasTtl) {
      return Optional.of("Interval and TTL cannot both be specified");
    }
    if (kind != TTL && !hasInterval) {
      return Optional.of(
          "Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks");
    }
    if (kind == TTL && !hasTtl) {
      return Optional.of("TTL must be > 0 for TTL checks");
    }
    if (check.getOutputMaxSize() < 0) {
      return Optional.of("MaxOutputMaxSize must be positive");
    }
    if (check.getFailuresBeforeCritical() > 0
        && check.getFailuresBeforeWarning() > check.getFailuresBeforeCritical()) {
      return Optional.of("FailuresBeforeWarning can't be higher than FailuresBeforeCritical");
    }
    return Optional.empty();
  }

  static boolean isPositive(Duration duration) {
    return duration.getSeconds() > 0 || (duration.getSeconds() == 0 && duration.getNanos() > 0);
  }
}
