package io.hanse.raft;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Autopilot;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A state of counters by key, with retry identity: how often each key was written. */
public class MapReplica implements Replica {
  private final Map<String, Integer> writes = new ConcurrentHashMap<>();
  private final Map<Long, Map<Long, CommandResult>> clients = new TreeMap<>();
  private final AtomicInteger loads = new AtomicInteger();
  private long publicIndex;
  private volatile boolean isBroken;

  public int writes(String key) {
    return writes.getOrDefault(key, 0);
  }

  public Map<String, Integer> all() {
    return new TreeMap<>(writes);
  }

  public int loads() {
    return loads.get();
  }

  /** From now on nothing can be applied any more. */
  public void breakDown() {
    isBroken = true;
  }

  @Override
  public BatchResult apply(long logIndex, ByteBuffer batch) {
    if (isBroken) {
      throw new IllegalStateException("broken");
    }
    try {
      BatchResult.Builder results = BatchResult.newBuilder();
      for (Entry entry : Batch.parseFrom(batch).getEntriesList()) {
        publicIndex++;
        results.addResults(apply(entry));
      }
      return results.build();
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CommandResult apply(Entry entry) {
    Command command = entry.getCommand();
    if (command.hasRegisterClient()) {
      clients.put(publicIndex, new TreeMap<>());
      return done();
    }
    Map<Long, CommandResult> kept = clients.get(entry.getClient());
    if (kept == null) {
      return CommandResult.newBuilder()
          .setIndex(publicIndex)
          .setProblem(ProblemCode.COMMIT_UNKNOWN.number())
          .build();
    }
    kept.keySet().removeIf(sequence -> sequence < entry.getAckedBelow());
    CommandResult known = kept.get(entry.getSequence());
    if (known != null) {
      return known;
    }
    if (command.hasExpireClients()) {
      clients.clear();
      return done();
    }
    if (command.hasWriteKv()) {
      writes.merge(command.getWriteKv().getEntry().getKey(), 1, Integer::sum);
    }
    kept.put(entry.getSequence(), done());
    return done();
  }

  private CommandResult done() {
    return CommandResult.newBuilder().setIndex(publicIndex).setDone(true).build();
  }

  @Override
  public Pinned pin() {
    Map<String, Integer> copy = all();
    long index = publicIndex;
    Map<Long, Map<Long, CommandResult>> clientCopy = new TreeMap<>();
    clients.forEach((id, kept) -> clientCopy.put(id, new TreeMap<>(kept)));
    return new Pinned() {
      @Override
      public void write(long term, Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
          out.writeLong(index);
          out.writeInt(copy.size());
          for (Map.Entry<String, Integer> entry : copy.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeInt(entry.getValue());
          }
          out.writeInt(clientCopy.size());
          for (Map.Entry<Long, Map<Long, CommandResult>> client : clientCopy.entrySet()) {
            out.writeLong(client.getKey());
            out.writeInt(client.getValue().size());
            for (Map.Entry<Long, CommandResult> kept : client.getValue().entrySet()) {
              out.writeLong(kept.getKey());
              out.writeLong(kept.getValue().getIndex());
            }
          }
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void load(Path snapshot) throws IOException {
    loads.incrementAndGet();
    writes.clear();
    clients.clear();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(snapshot))) {
      publicIndex = in.readLong();
      for (int left = in.readInt(); left > 0; left--) {
        String key = in.readUTF();
        writes.put(key, in.readInt());
      }
      for (int left = in.readInt(); left > 0; left--) {
        Map<Long, CommandResult> kept = new TreeMap<>();
        clients.put(in.readLong(), kept);
        for (int results = in.readInt(); results > 0; results--) {
          long sequence = in.readLong();
          kept.put(
              sequence, CommandResult.newBuilder().setIndex(in.readLong()).setDone(true).build());
        }
      }
    }
  }

  /** As by default, but in no haste to be sure of a newcomer. */
  @Override
  public long logMillis() {
    return 0;
  }

  @Override
  public AutopilotConfiguration autopilot() {
    return Autopilot.DEFAULTS.toBuilder()
        .setServerStabilizationTime(Duration.newBuilder().setSeconds(1))
        .build();
  }

  @Override
  public @Nullable View view() {
    throw new UnsupportedOperationException("these tests read the map");
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    throw new UnsupportedOperationException("these tests do not watch");
  }
}
