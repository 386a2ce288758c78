package io.hanse.raft.ratis;

import io.hanse.raft.DurableFiles;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.server.storage.RaftStorageMetadataFile;

/**
 * Makes term and vote survive a power cut: Ratis renames the file into place but does not force the
 * folder, so that a voter may come back without its vote and give another one in the same term.
 */
final class DurableMetadata implements RaftStorageMetadataFile {
  private final RaftStorageMetadataFile inner;
  private final Path folder;
  private final DurableFiles sync;

  DurableMetadata(RaftStorageMetadataFile inner, Path folder, DurableFiles sync) {
    this.inner = inner;
    this.folder = folder;
    this.sync = sync;
  }

  /**
   * Puts itself in front of the storage's own file, before the server reads it. There is no other
   * door than reflection; if the fields are not those of 3.3.0 the start fails.
   */
  static void install(RaftStorage storage, DurableFiles sync) throws IOException {
    Path current = storage.getStorageDir().getCurrentDir().toPath();
    try {
      Field metaFile = storage.getClass().getDeclaredField("metaFile");
      metaFile.setAccessible(true);
      Object holder = metaFile.get(storage);
      Field ref = holder.getClass().getDeclaredField("ref");
      ref.setAccessible(true);
      @SuppressWarnings("unchecked")
      AtomicReference<RaftStorageMetadataFile> file =
          (AtomicReference<RaftStorageMetadataFile>) ref.get(holder);
      file.set(new DurableMetadata(Objects.requireNonNull(file.get()), current, sync));
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IOException("the storage of Ratis is not as in 3.3.0: votes would not be safe", e);
    }
    if (!(storage.getMetadataFile() instanceof DurableMetadata)) {
      throw new IOException("the storage of Ratis is not as in 3.3.0: votes would not be safe");
    }
    Path group = storage.getStorageDir().getRoot().toPath();
    sync.folder(current);
    sync.folder(group);
    Path groups = group.getParent();
    if (groups != null) {
      sync.folder(groups);
    }
  }

  @Override
  public RaftStorageMetadata getMetadata() throws IOException {
    return inner.getMetadata();
  }

  @Override
  public void persist(RaftStorageMetadata metadata) throws IOException {
    inner.persist(metadata);
    sync.folder(folder);
  }
}
