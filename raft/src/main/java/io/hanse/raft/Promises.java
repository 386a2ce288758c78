package io.hanse.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.raft.transport.proto.BootstrapRecord;
import io.hanse.raft.transport.proto.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this server has promised while a group is begun, written down before it is said. One promise
 * at a time: since a group begins only with the promises of all its voters, no two can begin with a
 * voter in common.
 */
final class Promises {
  private static final String FILE = DataDirectory.BOOTSTRAP;

  private final DataDirectory directory;
  private final int expect;
  private BootstrapRecord record;
  private boolean isLeaving;

  Promises(DataDirectory directory, int expect) throws IOException {
    this.directory = directory;
    this.expect = expect;
    byte[] stored = directory.load(FILE);
    try {
      record =
          stored == null ? BootstrapRecord.getDefaultInstance() : BootstrapRecord.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("raft/" + FILE + " is damaged; start anew with an empty data_dir", e);
    }
  }

  synchronized Stage stage() {
    if (record.getRemoved()) {
      return Stage.STAGE_REMOVED;
    }
    if (record.getFormed()) {
      return Stage.STAGE_FORMED;
    }
    return record.getGroupId().isEmpty() ? Stage.STAGE_EMPTY : Stage.STAGE_FORMING;
  }

  synchronized boolean isFormed() {
    return record.getFormed() && !record.getRemoved();
  }

  /** Whether the group has taken this server out. */
  synchronized boolean isRemoved() {
    return record.getRemoved();
  }

  synchronized String promisedTo() {
    return record.getPromisedTo();
  }

  synchronized Optional<String> groupId() {
    return Optional.of(record.getGroupId()).filter(id -> !id.isEmpty());
  }

  synchronized Set<String> members() {
    return new TreeSet<>(record.getMembersList());
  }

  /** Whether this server began its group, or is about to. */
  synchronized boolean isInitiator(String self) {
    return record.getPromisedTo().equals(self);
  }

  /** Whether this server waits to be taken into a complete group. */
  synchronized boolean isJoining() {
    return stage() == Stage.STAGE_FORMING && record.getPromisedTo().isEmpty();
  }

  /** Gives the promise, unless another has it or this server is in a group already. */
  synchronized boolean grant(String initiator) throws IOException {
    if (record.getPromisedTo().equals(initiator)) {
      return !record.getFormed();
    }
    if (stage() != Stage.STAGE_EMPTY || !record.getPromisedTo().isEmpty()) {
      return false;
    }
    write(record.toBuilder().setPromisedTo(initiator).build());
    return true;
  }

  /** Takes the promise back. Only while there is no group. */
  synchronized void release() throws IOException {
    if (stage() == Stage.STAGE_EMPTY && !record.getPromisedTo().isEmpty()) {
      write(BootstrapRecord.getDefaultInstance());
    }
  }

  /** The initiator names the group; a server waits in one group at a time. */
  synchronized boolean enlist(String initiator, String groupId) throws IOException {
    boolean isPromised = record.getPromisedTo().equals(initiator);
    boolean isFree = record.getGroupId().isEmpty() || record.getGroupId().equals(groupId);
    if (!isPromised || !isFree || record.getFormed()) {
      return false;
    }
    write(record.toBuilder().setGroupId(groupId).setVotersWanted(expect).build());
    return true;
  }

  /** This server begins the group, with the promises of all its voters. */
  synchronized void begin(String groupId, Collection<String> members) throws IOException {
    write(
        record.toBuilder()
            .setGroupId(groupId)
            .clearMembers()
            .addAllMembers(new TreeSet<>(members))
            .setVotersWanted(members.size())
            .build());
  }

  /** This server asks to be taken into a complete group. */
  synchronized void join(String groupId) throws IOException {
    write(joiner(groupId));
  }

  private static BootstrapRecord joiner(String groupId) {
    return BootstrapRecord.newBuilder().setGroupId(groupId).setVotersWanted(1).build();
  }

  /** What is written down of a server that asks to be taken into a complete group. */
  static byte[] joining(String groupId) {
    return joiner(groupId).toByteArray();
  }

  /**
   * A configuration was committed.
   *
   * @return whether the group is complete for the first time
   */
  synchronized boolean committed(Set<String> voters, String self) throws IOException {
    boolean isComplete =
        voters.contains(self) && voters.size() >= Math.max(1, record.getVotersWanted());
    if (record.getFormed() || record.getGroupId().isEmpty() || !isComplete) {
      return false;
    }
    write(record.toBuilder().setFormed(true).build());
    return true;
  }

  /** The group has taken this server out: it is in none any more, nor will it be. */
  synchronized void removed() throws IOException {
    write(record.toBuilder().setRemoved(true).build());
  }

  /**
   * This server is to leave. Written down before the group is asked to let it go: however this
   * process ends, the next one knows that it has to find out whether it did.
   */
  synchronized void resolveToLeave() throws IOException {
    write(record.toBuilder().setLeaving(true).setLeaves(record.getLeaves() + 1).build());
    isLeaving = true;
  }

  /** How many times this server was told to leave. */
  synchronized int leaves() {
    return record.getLeaves();
  }

  /** The same without a time that is going on. */
  synchronized int pastLeaves() {
    return isLeaving ? record.getLeaves() - 1 : record.getLeaves();
  }

  /** While it is so, nothing is concluded from what the others say of this server. */
  synchronized boolean isLeaving() {
    return isLeaving;
  }

  /** The attempt to leave has failed; that the group has let this server go may be true still. */
  synchronized void leaveFailed() {
    isLeaving = false;
  }

  /** Whether this server was told to leave, and does not know what came of it. */
  synchronized boolean mayHaveLeft() {
    return record.getLeaving();
  }

  /**
   * The group is known to have this server still.
   *
   * @param leaves how many times it was told to leave when that was asked: of a later time nothing
   *     is known
   * @return whether it was to leave, and is not any more
   */
  synchronized boolean stay(int leaves) throws IOException {
    if (isLeaving || !record.getLeaving() || record.getLeaves() != leaves) {
      return false;
    }
    write(record.toBuilder().clearLeaving().build());
    return true;
  }

  /** From its next start on, this server is another one that asks to be taken into the group. */
  synchronized void startOver() {
    try {
      directory.startOver(DataDirectory.LEFT, joining(record.getGroupId()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The group is gone; this server is as new. */
  synchronized void reset() throws IOException {
    write(BootstrapRecord.getDefaultInstance());
  }

  private void write(BootstrapRecord next) throws IOException {
    directory.save(FILE, next.toByteArray());
    record = next;
  }
}
