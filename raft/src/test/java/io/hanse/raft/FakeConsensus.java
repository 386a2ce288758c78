package io.hanse.raft;

import io.hanse.fsm.row.BatchResult;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** A group that leads as soon as it is begun, and takes in whom it is told to. */
class FakeConsensus implements Consensus {
  final String self;
  Optional<String> group = Optional.empty();
  Voters voters = new Voters(Set.of(), Set.of());
  Position position = new Position(0, false, Optional.empty(), 0, 0);

  /** Told of each committed configuration and its group. */
  BiConsumer<String, Set<String>> committed = (groupId, ids) -> {};

  FakeConsensus(String self) {
    this.self = self;
  }

  @Override
  public void open() throws IOException {}

  @Override
  public Optional<String> groupId() {
    return group;
  }

  @Override
  public void begin(String groupId) throws IOException {
    group = Optional.of(groupId);
    voters = new Voters(Set.of(self), Set.of());
    position = new Position(1, true, Optional.of(self), 0, 0);
    committed.accept(groupId, voters.current());
  }

  @Override
  public void enter(String groupId) throws IOException {
    group = Optional.of(groupId);
  }

  @Override
  public void drop() throws IOException {
    group = Optional.empty();
    voters = new Voters(Set.of(), Set.of());
    position = new Position(0, false, Optional.empty(), 0, 0);
  }

  @Override
  public void leave() throws IOException {
    drop();
  }

  @Override
  public Map<String, Long> silences() {
    return Map.of();
  }

  @Override
  public boolean hasEntries() {
    return !voters.current().isEmpty();
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public Voters voters() {
    return voters;
  }

  @Override
  public Map<String, Long> progress() {
    return Map.of();
  }

  @Override
  public CompletableFuture<BatchResult> append(byte[] entry) {
    return CompletableFuture.failedFuture(Problems.notLeader());
  }

  @Override
  public CompletableFuture<Void> addVoters(Set<String> raftIds) {
    Set<String> all = new TreeSet<>(voters.current());
    all.addAll(raftIds);
    voters = new Voters(all, Set.of());
    committed.accept(group.orElseThrow(), all);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> replace(Set<String> replaced, String raftId) {
    return addVoters(Set.of(raftId));
  }

  @Override
  public CompletableFuture<Void> removeVoter(String raftId) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> transferTo(String raftId, Duration patience) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void rehearseVote() {}

  @Override
  public void callElection() {}

  @Override
  public void renewConnections() {}

  @Override
  public void snapshotIfDue() {}

  @Override
  public boolean isLeftOut() {
    return false;
  }

  @Override
  public void reopen() {}

  @Override
  public boolean isBroken() {
    return false;
  }

  @Override
  public void close() {}
}
