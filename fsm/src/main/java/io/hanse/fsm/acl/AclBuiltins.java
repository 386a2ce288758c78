package io.hanse.fsm.acl;

import java.util.Optional;

/** The rows that every cluster with access control has, by the ids that Consul gave them. */
public final class AclBuiltins {
  public static final String ANONYMOUS_TOKEN_ID = "00000000-0000-0000-0000-000000000002";
  public static final String ANONYMOUS_SECRET = "anonymous";
  public static final String GLOBAL_MANAGEMENT_ID = "00000000-0000-0000-0000-000000000001";
  public static final String GLOBAL_READ_ONLY_ID = "00000000-0000-0000-0000-000000000002";

  private AclBuiltins() {}

  /** The name of a built-in policy; empty for all others. */
  public static Optional<String> policyName(String id) {
    return switch (id) {
      case GLOBAL_MANAGEMENT_ID -> Optional.of("global-management");
      case GLOBAL_READ_ONLY_ID -> Optional.of("builtin/global-read-only");
      default -> Optional.empty();
    };
  }
}
