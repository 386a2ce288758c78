package io.hanse.fsm.config;

import io.hanse.fsm.error.ProblemException;

/**
 * There is one partition and one namespace: both may be called by their only name, or not at all.
 */
final class Tenancy {
  private static final String ONLY = "default";

  private Tenancy() {}

  /**
   * Refuses any other name.
   *
   * @param where what a refusal begins with
   */
  static void require(String where, String partition, String namespace) {
    if (!partition.isEmpty() && !partition.equals(ONLY)) {
      throw refusal(where, "Partition");
    }
    if (!namespace.isEmpty() && !namespace.equals(ONLY)) {
      throw refusal(where, "Namespace");
    }
  }

  /** Refuses every name, for fields that Community Edition does not take at all. */
  static void requireNone(String where, String partition, String namespace, String group) {
    if (!partition.isEmpty()) {
      throw refusal(where, "Partition");
    }
    if (!namespace.isEmpty()) {
      throw refusal(where, "Namespace");
    }
    if (!group.isEmpty()) {
      throw refusal(where, "SamenessGroup");
    }
  }

  private static ProblemException refusal(String where, String field) {
    return Findings.invalid(where + "Setting " + field + " requires Consul Enterprise");
  }
}
