package io.hanse.http;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RevokePeeringToken;
import io.hanse.fsm.row.WritePeering;
import io.hanse.peering.PeeringService;
import io.hanse.peering.TokenRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Peerings without another end: a token makes a row, a delete marks it. */
public final class MemoryPeerings implements PeeringService {
  private final LocalCluster cluster;

  /** What is known of a peering's stream, over what is stored. */
  private volatile UnaryOperator<Peering> streams = UnaryOperator.identity();

  public MemoryPeerings(LocalCluster cluster) {
    this.cluster = cluster;
  }

  /** Says from now on how the streams of all fare. */
  public void streamsAre(UnaryOperator<Peering> news) {
    streams = news;
  }

  @Override
  public CompletableFuture<String> generateToken(TokenRequest request) {
    Peering peering =
        Peering.newBuilder()
            .setId(UUID.randomUUID().toString())
            .setName(request.name())
            .putAllMeta(request.meta())
            .setState(PeeringState.PENDING)
            .build();
    WritePeering write =
        WritePeering.newBuilder()
            .setPeering(peering)
            .setGenerate(
                WritePeering.GenerateToken.newBuilder()
                    .setEstablishment(UUID.randomUUID().toString()))
            .build();
    return cluster
        .submit(Command.newBuilder().setWritePeering(write).build())
        .thenApply(done -> "dG9rZW4=");
  }

  @Override
  public CompletableFuture<Boolean> revokeToken(String name) {
    return cluster
        .submit(
            Command.newBuilder()
                .setRevokePeeringToken(RevokePeeringToken.newBuilder().setName(name))
                .build())
        .thenApply(CommandResult::getDone);
  }

  @Override
  public CompletableFuture<Boolean> pinAddresses(String name, List<PeerAddress> addresses) {
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletableFuture<Void> establish(
      String name, String token, Map<String, String> meta, String preferredLabel) {
    return CompletableFuture.failedFuture(
        new ProblemException(ProblemCode.PEER_UNREACHABLE, "no way to " + name));
  }

  @Override
  public CompletableFuture<Void> delete(String name) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<List<Peering>> withStreamStatus(List<Peering> stored) {
    return CompletableFuture.completedFuture(stored.stream().map(streams).toList());
  }
}
