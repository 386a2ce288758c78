package io.hanse.fsm.config;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;

/** Why kinds that are known by name may not be written. */
final class RefusedKinds {
  private RefusedKinds() {}

  static ProblemException boundApiGateway() {
    return new ProblemException(
        ProblemCode.PERMISSION_DENIED, "Permission denied: only writeable by controller");
  }

  static ProblemException samenessGroup() {
    return Findings.invalid("sameness-groups are an enterprise-only feature");
  }
}
