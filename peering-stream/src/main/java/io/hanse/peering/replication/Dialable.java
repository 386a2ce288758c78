package io.hanse.peering.replication;

import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.DialTargets;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.proto.PartingNote;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Open;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that an attempt to dial needs. Its text holds no secret.
 *
 * @param remote what the other cluster is told of this one
 */
record Dialable(
    Peering peering,
    List<DialCandidate> ways,
    String secret,
    long secretSinceMillis,
    RemoteInfo remote) {
  /** Empty where something is missing yet. */
  static Optional<Dialable> of(View view, Peering peering) {
    PeeringSecrets secrets =
        new Peerings(view).secrets(peering.getId()).orElse(PeeringSecrets.getDefaultInstance());
    List<DialCandidate> ways = DialTargets.of(view, peering);
    if (secrets.getActiveStream().isEmpty() || ways.isEmpty()) {
      return Optional.empty();
    }
    RemoteInfo.Builder remote = RemoteInfo.newBuilder();
    new Ca(view).cluster().ifPresent(cluster -> remote.setDatacenter(cluster.getDatacenter()));
    return Optional.of(
        new Dialable(
            peering,
            ways,
            secrets.getActiveStream(),
            secrets.getActiveSinceMillis(),
            remote.build()));
  }

  /** As it was noted before the peering was deleted. */
  static Dialable of(PartingNote note) {
    return new Dialable(
        note.getPeering(), note.getWaysList(), note.getSecret(), 0, note.getRemote());
  }

  /** The first message of a stream. */
  ReplicationMessage opening() {
    return ReplicationMessage.newBuilder()
        .setOpen(
            Open.newBuilder()
                .setPeerId(peering.getPeerId())
                .setStreamSecretId(secret)
                .setRemote(remote))
        .build();
  }

  List<String> addresses() {
    return ways.stream().map(DialCandidate::getAddress).toList();
  }

  /** Where a turn of the ring leads. */
  LinkTarget way(int turn) {
    DialCandidate way = ways.get(turn % ways.size());
    return new LinkTarget(
        way.getAddress(), way.getLabel(), peering.getPeerServerName(), peering.getPeerCaPemsList());
  }

  /** A server that is none of the ring's. */
  LinkTarget at(String address) {
    return new LinkTarget(address, peering.getPeerServerName(), peering.getPeerCaPemsList());
  }

  /** Whether an address is what the other cluster said of itself, and no operator named it. */
  boolean isToldByPeer(String address) {
    return ways.stream()
        .anyMatch(way -> DialTargets.isToldByPeer(way) && way.getAddress().equals(address));
  }

  /** Whether attempts made with the other one are worth nothing for this one, in any order. */
  boolean differsFrom(Dialable other) {
    return !Set.copyOf(addresses()).equals(Set.copyOf(other.addresses()))
        || !secret.equals(other.secret)
        || !peering.getPeerId().equals(other.peering.getPeerId())
        || !peering.getPeerServerName().equals(other.peering.getPeerServerName())
        || !peering.getPeerCaPemsList().equals(other.peering.getPeerCaPemsList());
  }

  /** Whether the peering was established anew, with another cluster or another peering there. */
  boolean isOfAnother(Dialable other) {
    return !peering.getPeerId().equals(other.peering.getPeerId());
  }

  @Override
  public String toString() {
    return "Dialable[" + peering.getId() + "]";
  }
}
