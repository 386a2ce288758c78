package io.hanse.fsm.view;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.store.Rows;
import java.util.Optional;

/** How the group of servers is to keep itself in order. */
public final class Autopilot {
  /** What holds until somebody says otherwise: Consul's defaults. */
  public static final AutopilotConfiguration DEFAULTS =
      AutopilotConfiguration.newBuilder()
          .setCleanupDeadServers(true)
          .setLastContactThreshold(Duration.newBuilder().setNanos(200_000_000))
          .setMaxTrailingLogs(250)
          .setServerStabilizationTime(Duration.newBuilder().setSeconds(10))
          .build();

  /**
   * The name under which the leader is asked for an {@code AutopilotHealth}; without a question.
   */
  public static final String HEALTH_CALL = "autopilot.health";

  private final Rows rows;

  public Autopilot(Rows rows) {
    this.rows = rows;
  }

  public Optional<AutopilotConfiguration> stored() {
    return Tables.AUTOPILOT.get(rows, Keys.ONLY);
  }

  public AutopilotConfiguration configuration() {
    return stored().orElse(DEFAULTS);
  }
}
