package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.row.Weights;
import io.hanse.peering.proto.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointMapperTest {
  private final NodeService.Builder service =
      NodeService.newBuilder()
          .setId("gw")
          .setPort(8443)
          .setWeights(Weights.newBuilder().setPassing(5).setWarning(1));
  private final Node.Builder node = Node.newBuilder().setNode("n1").setAddress("10.0.0.1");

  @Test
  void shouldChooseAddressesAsConsulDoes() {
    assertThat(lan()).extracting(Endpoint::getAddress).containsExactly("10.0.0.1");
    node.putTaggedAddresses("wan", "198.51.100.1");
    assertThat(wan()).extracting(Endpoint::getAddress).containsExactly("198.51.100.1");
    service.setAddress("10.0.0.2");
    assertThat(lan()).extracting(Endpoint::getAddress).containsExactly("10.0.0.2");
    assertThat(wan()).extracting(Endpoint::getAddress).containsExactly("10.0.0.2");
    service.putTaggedAddresses(
        "wan", ServiceAddress.newBuilder().setAddress("203.0.113.1").setPort(443).build());
    service.putTaggedAddresses("lan", ServiceAddress.newBuilder().setAddress("192.0.2.1").build());
    assertThat(wan().get(0).getAddress()).isEqualTo("203.0.113.1");
    assertThat(wan().get(0).getPort()).isEqualTo(443);
    assertThat(lan().get(0).getAddress()).isEqualTo("10.0.0.2");
    service.putTaggedAddresses(
        "wan", ServiceAddress.newBuilder().setAddress("203.0.113.1").build());
    assertThat(wan().get(0).getPort()).isEqualTo(8443);
  }

  @Test
  void shouldWeighByHealth() {
    assertThat(lan("passing").get(0).getWeight()).isEqualTo(5);
    assertThat(lan("passing", "warning").get(0).getWeight()).isEqualTo(1);
    assertThat(lan("passing", "critical").get(0).getHealthy()).isFalse();
    assertThat(lan("maintenance").get(0).getHealthy()).isFalse();
    service.setWeights(Weights.newBuilder().setPassing(1000));
    assertThat(lan("passing").get(0).getWeight()).isEqualTo(128);
    assertThat(lan("warning").get(0).getHealthy()).isFalse();
    service.clearWeights();
    assertThat(lan().get(0).getWeight()).isEqualTo(1);
  }

  @Test
  void shouldLeaveOutWhatHasNoAddress() {
    service.setPort(0);
    assertThat(lan()).isEmpty();
    service.setPort(70_000);
    assertThat(lan()).as("a proxy would refuse all for it").isEmpty();
    service.setPort(1);
    service.setAddress("a".repeat(256));
    assertThat(lan()).isEmpty();
    service.clearAddress();
    node.clearAddress();
    assertThat(lan()).isEmpty();
  }

  private List<Endpoint> wan() {
    return EndpointMapper.wan("x", List.of(instance())).getEndpointsList();
  }

  private List<Endpoint> lan(String... statuses) {
    return EndpointMapper.lan("x", List.of(instance(statuses))).getEndpointsList();
  }

  private CheckServiceNode instance(String... statuses) {
    CheckServiceNode.Builder instance =
        CheckServiceNode.newBuilder().setNode(node).setService(service);
    for (String status : statuses) {
      instance.addChecks(HealthCheck.newBuilder().setStatus(status));
    }
    return instance.build();
  }
}
