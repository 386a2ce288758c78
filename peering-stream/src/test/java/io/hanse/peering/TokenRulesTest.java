package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.RemoteInfo;
import io.hanse.peering.replication.SimCommands;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which tokens are refused before anybody is asked. */
class TokenRulesTest {
  private static PeeringToken token(String serverName) {
    return new PeeringToken(
        List.of(SimCommands.root()),
        List.of(),
        List.of("10.0.0.1:8503"),
        serverName,
        "id-there",
        "secret",
        RemoteInfo.getDefaultInstance(),
        Optional.empty());
  }

  /** Gateways would lead to where the token says what asks for the service. */
  @Test
  void shouldRefuseATokenWithTheNameOfAServiceOfTheMesh() {
    assertThatCode(() -> TokenRules.checkToken(token("server.dc1.peering.there.consul")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> TokenRules.checkToken(token("db.default.dc1.internal.here.consul")))
        .hasMessage(
            "peering token server name \"db.default.dc1.internal.here.consul\" is not that of"
                + " another cluster's servers: server.<datacenter>.peering.<trust domain>");
  }
}
