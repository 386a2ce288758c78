package io.hanse.peering.protocol;

import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.peering.proto.ExportedService;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole content of an exported service as it was at an index, with what is made of it once for
 * all peers that it goes to: its marks, and the change that brings it to a peer. Safe from any
 * thread.
 */
public final class ServiceContent {
  private final String name;
  private final ExportedService service;

  /** Of the instances, in their order. */
  private final long[] versions;

  private final long index;
  private final @Nullable Content likely;
  private volatile @Nullable Content marks;
  private @Nullable ImportChange whole;

  /**
   * The difference that was asked for last, most likely by one of many peers that have the same.
   */
  private @Nullable ImportChange difference;

  public ServiceContent(String name, List<ExportedInstance> instances, long index) {
    this(name, instances, index, null);
  }

  /**
   * A content.
   *
   * @param likely marks that it may have: where it has, these are given, and memory is taken once
   */
  public ServiceContent(
      String name, List<ExportedInstance> instances, long index, @Nullable Content likely) {
    this.name = name;
    ExportedService.Builder rows = ExportedService.newBuilder();
    instances.forEach(instance -> rows.addNodes(instance.row()));
    service = rows.build();
    versions = instances.stream().mapToLong(ExportedInstance::version).toArray();
    this.index = index;
    this.likely = likely;
  }

  public String name() {
    return name;
  }

  public ExportedService service() {
    return service;
  }

  /** The newest of its instances; 0: it has none. See {@link ExportedInstance#version}. */
  long version() {
    return Arrays.stream(versions).max().orElse(0);
  }

  /** Without what is made of it. */
  public int bytes() {
    return service.getSerializedSize();
  }

  public synchronized Content marks() {
    Content made = marks;
    if (made == null) {
      Content own = Content.of(service, versions);
      made = likely != null && likely.mark().equals(own.mark()) ? likely : own;
      marks = made;
    }
    return made;
  }

  /** Null where nobody wanted them yet. Does not wait for who makes them. */
  public @Nullable Content marksIfMade() {
    return marks;
  }

  /** What brings it to a peer that has an earlier content; null: none, or an unknown one. */
  synchronized ImportChange since(@Nullable Content held) {
    if (held == null) {
      ImportChange made = whole;
      if (made == null) {
        made = named(marks().whole(service));
        whole = made;
      }
      return made;
    }
    ImportChange made = difference;
    if (made == null || !made.getBase().equals(held.mark())) {
      made = named(marks().since(held, service));
      difference = made;
    }
    return made;
  }

  private ImportChange named(ImportChange.Builder change) {
    return change.setService(name).setExporterIndex(index).build();
  }
}
