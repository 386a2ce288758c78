package io.hanse.http.endpoints;

import io.hanse.fsm.config.MetaRules;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.query.QueryTemplates;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.QueryFailover;
import io.hanse.fsm.row.ServiceQuery;
import io.hanse.fsm.view.PreparedQueries;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import java.time.Duration;
import java.util.HexFormat;

/** What a prepared query must be like, whatever else is stored. */
final class QueryRules {
  /** Shown in place of a token to those who may not see it. */
  private static final String HIDDEN = "<hidden>";

  /** In front of what the state refuses. */
  static final String NOT_APPLIED = "raft apply failed: ";

  private static final int UUID_LENGTH = 36;
  private static final int HYPHENS_MAX = 4;

  private QueryRules() {}

  static void require(PreparedQuery query) {
    boolean isFound = !query.getName().isEmpty() || PreparedQueries.isTemplate(query);
    require(isFound || !query.getSession().isEmpty(), "Must be bound to a session");
    require(
        !query.getToken().equals(HIDDEN),
        "Bad Token '<hidden>', it looks like a query definition with a redacted token was"
            + " submitted");
    requireService(query.getService());
    requireTtl(query.getDns().getTtl());
    if (PreparedQueries.isTemplate(query)) {
      requireTemplate(query);
    }
  }

  /** Consul looks at it late, and says so. */
  private static void requireTemplate(PreparedQuery query) {
    try {
      QueryTemplates.check(query);
    } catch (ProblemException e) {
      throw HttpProblem.internal(NOT_APPLIED + e.getMessage());
    }
  }

  private static void requireService(ServiceQuery service) {
    require(!service.getService().isEmpty(), "Must provide a Service name to query");
    QueryFailover failover = service.getFailover();
    require(
        failover.getNearestN() >= 0, "Bad NearestN '" + failover.getNearestN() + "', must be >= 0");
    boolean isByDatacenter = failover.getNearestN() != 0 || failover.getDatacentersCount() > 0;
    require(
        !isByDatacenter || failover.getTargetsCount() == 0,
        "Targets cannot be populated with NearestN or Datacenters");
    MetaRules.strict(service.getNodeMetaMap(), true)
        .ifPresent(complaint -> require(false, complaint));
    require(service.getSamenessGroup().isEmpty(), "sameness-groups are an enterprise-only feature");
  }

  private static void requireTtl(String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      Duration ttl = GoDuration.parse(text);
      require(!ttl.isNegative(), "DNS TTL '" + ttl.toNanos() + "', must be >=0");
    } catch (JsonProblem e) {
      require(false, "Bad DNS TTL '" + text + "': " + e.getMessage());
    }
  }

  private static void require(boolean isRight, String complaint) {
    if (!isRight) {
      throw HttpProblem.internal("Invalid prepared query: " + complaint);
    }
  }

  /**
   * Refuses what cannot be an id.
   *
   * @param words what a complaint begins with
   */
  static void requireId(String id, String words) {
    String complaint = complaintOfId(id);
    if (!complaint.isEmpty()) {
      throw HttpProblem.internal(words + "failed prepared query lookup: index error: " + complaint);
    }
  }

  private static String complaintOfId(String id) {
    if (id.length() != UUID_LENGTH) {
      return "UUID must be 36 characters";
    }
    if (id.chars().filter(c -> c == '-').count() > HYPHENS_MAX) {
      return "UUID should have maximum of 4 \"-\"; got " + id.chars().filter(c -> c == '-').count();
    }
    return id.chars()
        .filter(c -> c != '-' && !HexFormat.isHexDigit(c))
        .mapToObj(
            c ->
                String.format("Invalid UUID: encoding/hex: invalid byte: U+%04X '%c'", c, (char) c))
        .findFirst()
        .orElse("");
  }
}
