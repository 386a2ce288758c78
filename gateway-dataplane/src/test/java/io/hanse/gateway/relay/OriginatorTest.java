package io.hanse.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.gateway.route.EndpointPicker;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsage;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

class OriginatorTest {
  private static final EndpointPicker ALIVE = EndpointPicker.ofOne("127.0.0.1", 1, () -> 0);
  private static final EndpointPicker NOBODY = new EndpointPicker(() -> 0);

  @Test
  void shouldTakeTheFirstWayThatLeadsSomewhere() {
    assertThat(chosen(way("a", ALIVE, false), way("b", ALIVE, false))).isEqualTo("a");
    assertThat(chosen(way("a", NOBODY, false), way("b", ALIVE, false))).isEqualTo("b");
    assertThat(chosen(undialable("a"), way("b", ALIVE, false))).isEqualTo("b");
  }

  @Test
  void shouldPassAWayThatIsSaidToBeUnhealthy() {
    assertThat(chosen(way("a", NOBODY, false), way("b", ALIVE, true), way("c", ALIVE, false)))
        .isEqualTo("c");
  }

  @Test
  void shouldTryTheFirstWayWhereNoneLeadsAnywhere() {
    assertThat(chosen(way("a", NOBODY, false), way("b", ALIVE, true))).isEqualTo("a");
    assertThat(chosen(way("a", ALIVE, true))).isEqualTo("a");
  }

  /** After an export ended, or before it began, this is all that the caller's side can see. */
  @Test
  void shouldSayWhereToAskAboutAnUpstreamOfWhichNothingIsKnown() {
    Target ofPeer = new Target("web?peer=east", "web", "east", 0, NOBODY, new TargetUsage());
    assertThat(HangUp.nobodyKnown(ofPeer))
        .contains("not exported to this cluster")
        .endsWith("hanse peering explain -name east -service web");
    assertThat(HangUp.nobodyKnown(target("web", NOBODY))).doesNotContain("peering");
  }

  private static String chosen(Originator.Upstream... ways) {
    return Originator.choose(List.of(ways)).target().name();
  }

  private static Originator.Upstream undialable(String name) {
    return new Originator.Upstream(target(name, ALIVE), Optional.empty(), false);
  }

  private static Originator.Upstream way(String name, EndpointPicker picker, boolean unhealthy) {
    return new Originator.Upstream(target(name, picker), Optional.of(new NoTls()), unhealthy);
  }

  private static Target target(String name, EndpointPicker picker) {
    return new Target(name, "web", "", 0, picker, new TargetUsage());
  }

  /** Nobody is dialed here. */
  private static final class NoTls implements UpstreamTls {
    @Override
    public SslHandler newHandler(Channel channel) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> refusal(SSLSession session) {
      return Optional.empty();
    }
  }
}
