package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.chain.ChainRequest;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ResolverRedirect;
import io.hanse.fsm.row.ResolverSubset;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.store.View;
import io.hanse.peering.LocalCluster;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResolverTargetsTest {
  private final LocalCluster cluster = new LocalCluster();

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void shouldBeTheServiceItselfWhereNothingIsSaid() {
    assertThat(targets()).containsExactly("web");
  }

  @Test
  void shouldFollowFailoverInItsOrderWhereWeCan() {
    write(
        ServiceResolver.newBuilder()
            .putFailover(
                "*",
                ResolverFailover.newBuilder()
                    .addTargets(FailoverTarget.newBuilder().setDatacenter("dc2"))
                    .addTargets(FailoverTarget.newBuilder().setPeer("east"))
                    .addTargets(FailoverTarget.newBuilder().setService("spare"))
                    .addTargets(FailoverTarget.newBuilder().setService("web").setPeer("north"))
                    .build()));
    assertThat(targets()).containsExactly("web", "web@east", "spare", "web@north");
  }

  @Test
  void shouldFollowARedirect() {
    write(
        ServiceResolver.newBuilder()
            .setRedirect(ResolverRedirect.newBuilder().setService("api").setPeer("east")));
    assertThat(targets()).containsExactly("api@east");
  }

  @Test
  void shouldNotFollowWhatBeginsWithASubset() {
    write(
        ServiceResolver.newBuilder()
            .setDefaultSubset("v1")
            .putSubsets("v1", ResolverSubset.getDefaultInstance())
            .putFailover(
                "*",
                ResolverFailover.newBuilder()
                    .addTargets(FailoverTarget.newBuilder().setPeer("east"))
                    .build()));
    assertThat(targets()).containsExactly("web");
  }

  private void write(ServiceResolver.Builder resolver) {
    cluster
        .submit(
            Command.newBuilder()
                .setWriteConfigEntry(
                    WriteConfigEntry.newBuilder()
                        .setEntry(
                            ConfigEntry.newBuilder()
                                .setKind("service-resolver")
                                .setName("web")
                                .setServiceResolver(resolver)))
                .build())
        .join();
  }

  private List<String> targets() {
    try (View view = cluster.view()) {
      return ResolverTargets.of(
              view, ChainRequest.of("web", "dc1", "td.consul"), new RefusedChains())
          .stream()
          .map(
              target ->
                  target.getService() + (target.getPeer().isEmpty() ? "" : "@" + target.getPeer()))
          .toList();
    }
  }
}
