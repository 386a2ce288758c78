package io.hanse.http.endpoints;

import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Servers;
import io.hanse.http.archive.ArchiveMeta;
import io.hanse.http.archive.ArchiveWriter;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.Transfers;
import io.hanse.http.query.Metadata;
import io.hanse.http.query.Reads;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * {@code /v1/snapshot}: the whole state in an archive, and back. A state is written to a file
 * first: so it is held on to only as long as the disk takes, however slow the client is.
 */
public final class SnapshotEndpoints {
  private final StateReader reader;
  private final Leadership leadership;
  private final Membership membership;
  private final RestoreRun restore;
  private final Transfers transfers;

  SnapshotEndpoints(
      StateReader reader,
      Leadership leadership,
      Membership membership,
      RestoreRun restore,
      Transfers transfers) {
    this.reader = reader;
    this.leadership = leadership;
    this.membership = membership;
    this.restore = restore;
    this.transfers = transfers;
  }

  public CompletableFuture<Answer> save(Call call) {
    Level level = call.parameters().has("stale") ? Level.STALE : Level.DEFAULT;
    return reader
        .fresh(level, Reads.Limits.DEFAULTS.patience())
        .thenCompose(freshness -> transfers.save(place -> save(freshness, level, place)));
  }

  private Answer save(Freshness freshness, Level level, Transfers.Place place) {
    try {
      Path file = transfers.file();
      boolean isAnswered = false;
      try {
        Answer answer = save(file, freshness, level, place);
        isAnswered = true;
        return answer;
      } finally {
        if (!isAnswered) {
          Transfers.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer save(Path file, Freshness freshness, Level level, Transfers.Place place)
      throws IOException {
    long term = leadership.standing().term();
    long millis = System.currentTimeMillis();
    ArchiveMeta meta;
    try (View view = reader.view();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      SnapshotFile.Header header = SnapshotFile.write(view, term, channel);
      meta = ArchiveMeta.of(header.publicIndex(), term, millis, servers(view), channel.size());
    }
    return Answer.stream("application/x-gzip", new Archive(file, meta, millis, place))
        .with(Metadata.PLAIN.headers(meta.index(), freshness, level));
  }

  private List<ArchiveMeta.Server> servers(View view) {
    Map<String, io.hanse.fsm.row.Server> rows =
        new Servers(view)
            .all().stream()
                .collect(Collectors.toMap(io.hanse.fsm.row.Server::getRaftId, server -> server));
    return membership.knownMembers().stream()
        .map(member -> rows.get(member.raftId()))
        .filter(server -> server != null)
        .map(
            server -> new ArchiveMeta.Server(server.getNodeId(), OperatorEndpoints.address(server)))
        .toList();
  }

  /** Sent at the place where it was written. */
  private record Archive(Path state, ArchiveMeta meta, long millis, Transfers.Place place)
      implements Answer.StreamContent {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      ArchiveWriter.write(out, meta, state, millis);
    }

    @Override
    public void close() {
      Transfers.delete(state);
      place.close();
    }
  }

  /** Takes its body in a file. */
  public Handler restore() {
    return new Handler() {
      @Override
      public CompletableFuture<Answer> handle(Call call) {
        Path archive = call.file();
        return transfers.run(
            place -> {
              try (place) {
                restore.run(() -> Files.newInputStream(archive));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return Answer.none(200).with(Answer.CONTENT_TYPE, "application/octet-stream");
            });
      }

      @Override
      public boolean takesFile() {
        return true;
      }
    };
  }
}
