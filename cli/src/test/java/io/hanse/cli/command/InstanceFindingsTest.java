package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.value.Value;
import org.junit.jupiter.api.Test;

class InstanceFindingsTest {
  /** Whose agents are of this cluster: by what it is ended. */
  @Test
  void shouldTellWhatKeepsInstancesOfHereFromBeingCalled() {
    String node =
        "[{'Node':{'Node':'n1'},'Service':{'ID':'db-1'},'Checks':["
            + "{'CheckID':'_node_maintenance','Status':'critical','Notes':'new disk'}]}]";
    assertThat(exportOfDb(node))
        .isEqualTo(
            Finding.bad(
                "none of its 1 instances passes: node n1 is in maintenance (new disk)",
                "to end it, at the agent of n1: hanse maint -disable"));
    String service =
        "[{'Node':{'Node':'n1'},'Service':{'ID':'db-1'},'Checks':["
            + "{'CheckID':'_service_maintenance:db-1','ServiceID':'db-1','Status':'critical'}]}]";
    assertThat(exportOfDb(service))
        .isEqualTo(
            Finding.bad(
                "none of its 1 instances passes: db-1 on n1 is in maintenance",
                "to end it, at the agent of n1: hanse maint -disable -service db-1"));
    assertThat(exportOfDb(PeeringExplanationTest.CRITICAL))
        .isEqualTo(
            Finding.bad(
                "none of its 1 instances passes:"
                    + " check \"tcp\" of web-1 on n1 is critical (refused)",
                "mend what the check looks at, or the check"));
  }

  private static Finding exportOfDb(String instances) {
    Value none = PeeringExplanationTest.json("[]");
    return PeeringExplanationTest.active("")
        .exportOf("db", PeeringExplanationTest.json(instances), none, none, true)
        .stream()
        .filter(Finding::isBad)
        .findFirst()
        .orElseThrow();
  }
}
