package io.hanse.fsm.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.row.ServiceConnect;
import io.hanse.fsm.row.TransparentProxyConfig;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Expressions over three instances, against what a real Consul said of the same three. */
class FilterTest {
  private static final Selectors INSTANCE = Selectors.of(CheckServiceNode.getDescriptor());

  private static final List<CheckServiceNode> INSTANCES =
      List.of(
          CheckServiceNode.newBuilder()
              .setNode(node("n1").putMeta("rack", "r1"))
              .setService(
                  service("web1", 8080)
                      .addTags("a")
                      .addTags("v1")
                      .putMeta("team", "core")
                      .putMeta("a_b", "x")
                      .putMeta("e", "")
                      .setWeights(Weights.newBuilder().setPassing(5).setWarning(1))
                      .putTaggedAddresses(
                          "wan",
                          ServiceAddress.newBuilder().setAddress("1.2.3.4").setPort(80).build())
                      .setEnableTagOverride(true))
              .addChecks(check("c1", "passing"))
              .addChecks(check("c2", "warning").setOutput("line1\nline2"))
              .build(),
          CheckServiceNode.newBuilder()
              .setNode(node("n2"))
              .setService(
                  service("web2", 21000)
                      .putTaggedAddresses("consul-virtual", ServiceAddress.getDefaultInstance())
                      .setKind("connect-proxy")
                      .setProxy(
                          ConnectProxyConfig.newBuilder()
                              .setDestinationServiceName("back")
                              .addUpstreams(upstream("db", 9191))
                              .addUpstreams(upstream("cache", 9192).setDestinationPeer("p"))
                              .setTransparentProxy(
                                  TransparentProxyConfig.newBuilder()
                                      .setOutboundListenerPort(1500))))
              .build(),
          CheckServiceNode.newBuilder()
              .setNode(node("n3"))
              .setService(
                  service("web3", 3)
                      .putTaggedAddresses("consul-virtual", ServiceAddress.getDefaultInstance())
                      .setConnect(ServiceConnect.newBuilder().setNative(true)))
              .build());

  private static Node.Builder node(String name) {
    return Node.newBuilder().setNode(name).setAddress("10.0.0.1").setDatacenter("dc1");
  }

  private static NodeService.Builder service(String id, int port) {
    return NodeService.newBuilder()
        .setId(id)
        .setService("web")
        .setPort(port)
        .setWeights(Weights.newBuilder().setPassing(1).setWarning(1));
  }

  private static HealthCheck.Builder check(String id, String status) {
    return HealthCheck.newBuilder()
        .setNode("n1")
        .setCheckId(id)
        .setName(id)
        .setStatus(status)
        .setServiceId("web1")
        .addServiceTags("a")
        .addServiceTags("v1");
  }

  private static Upstream.Builder upstream(String name, int port) {
    return Upstream.newBuilder().setDestinationName(name).setLocalBindPort(port);
  }

  static Stream<Arguments> recordedAnswers() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(FilterTest.class.getResourceAsStream("/filter/answers.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split(" => ", 2))
              .map(parts -> Arguments.of(parts[0], parts[1]))
              .toList()
              .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recordedAnswers")
  void shouldAnswerAsConsulDid(String expression, String recorded) {
    assertThat(answer(expression)).isEqualTo(recorded);
  }

  private static String answer(String expression) {
    try {
      return Filter.parse(expression, INSTANCE).of(INSTANCES).stream()
          .map(instance -> instance.getNode().getNode())
          .collect(Collectors.joining(" "));
    } catch (ProblemException e) {
      return "! " + String.valueOf(e.getMessage()).replace("\n", "⏎");
    }
  }

  @Test
  void shouldIncludeAllWithoutAnExpression() {
    assertThat(Filter.parse("", INSTANCE).of(INSTANCES)).isEqualTo(INSTANCES);
  }

  @Test
  void shouldKnowTheNamesOfAFlattenedInstance() {
    Message first = INSTANCES.get(0);
    for (String expression :
        List.of(
            "Node == n1",
            "NodeMeta.rack == r1",
            "ServiceName == web",
            "ServiceID == web1",
            "v1 in ServiceTags",
            "ServiceMeta.team == core",
            "ServicePort == 8080",
            "ServiceTaggedAddresses.wan.Port == 80",
            "ServiceProxy.MeshGateway.Mode == \"\"",
            "ServiceWeights.Passing == 5")) {
      assertThat(Filter.parse(expression, Selectors.FLATTENED_INSTANCE).includes(first))
          .as(expression)
          .isTrue();
    }
    assertThatThrownBy(() -> Filter.parse("Service.Port == 1", Selectors.FLATTENED_INSTANCE))
        .hasMessage("Selector \"Service\" is not valid");
  }

  @Test
  void shouldRefuseWhatIsNestedTooDeeplyOrTooLong() {
    assertThatThrownBy(() -> Filter.requireSyntax("(".repeat(10_000)))
        .hasMessage("the expression is nested too deeply");
    assertThatThrownBy(() -> Filter.requireSyntax("not ".repeat(4_000)))
        .hasMessage("the expression is nested too deeply");
    assertThatThrownBy(() -> Filter.requireSyntax("a == " + "b".repeat(20_000)))
        .hasMessageContaining("more than");
  }

  @Test
  void shouldParseNestedGroupsInLinearTime() {
    Filter.requireSyntax("(".repeat(150) + "a == b" + ")".repeat(150));
  }
}
