package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.Quoted;
import io.hanse.peering.proto.ResourceBatch;
import io.hanse.peering.protocol.OfferQueue.Offer;
import java.util.List;
import java.util.Optional;

/**
 * Several resources as one, so that thousands of small ones are not as many messages and answers.
 */
public final class ResourceBatches {
  /** What is larger goes alone; a batch has less than twice as much. */
  static final int BYTES_MAX = 256 << 10;

  private static final String ID = "batch";

  /** Takes one of the resources. */
  @FunctionalInterface
  public interface Taker {
    /** Answers why it is refused. */
    Optional<String> take(ResourceType type, String id, Any payload);
  }

  private ResourceBatches() {}

  static Offer pack(ResourceType type, List<Offer> offers) {
    ResourceBatch.Builder batch = ResourceBatch.newBuilder();
    for (Offer offer : offers) {
      batch.addEntriesBuilder().setId(offer.id()).setResource(offer.payload());
    }
    Any payload =
        Any.newBuilder().setTypeUrl(type.url()).setValue(batch.build().toByteString()).build();
    return new Offer(type, ID, payload);
  }

  /**
   * Hands on what is in a batch, one after the other; one that is refused holds up no other.
   *
   * @return what is refused, and why
   */
  public static Optional<String> unpack(ResourceTable table, Any payload, Taker taker) {
    ResourceBatch batch;
    try {
      batch = payload.unpack(ResourceBatch.class);
    } catch (InvalidProtocolBufferException e) {
      return Optional.of("can't be decoded");
    }
    StringBuilder refused = new StringBuilder();
    for (ResourceBatch.Entry entry : batch.getEntriesList()) {
      take(table, entry, taker)
          .ifPresent(
              reason ->
                  refused
                      .append(refused.isEmpty() ? "" : "; ")
                      .append(named(entry.getId()))
                      .append(reason));
    }
    return refused.isEmpty() ? Optional.empty() : Optional.of(refused.toString());
  }

  private static String named(String id) {
    return Quoted.of(PeerTexts.cut(id)) + ": ";
  }

  /** Which of those in a batch are said to be refused, as {@link #unpack} says it. */
  static List<String> named(List<String> ids, String refusal) {
    return ids.stream().filter(id -> refusal.contains(named(id))).toList();
  }

  private static Optional<String> take(
      ResourceTable table, ResourceBatch.Entry entry, Taker taker) {
    Optional<ResourceType> type = table.byUrl(entry.getResource().getTypeUrl());
    return type.isEmpty()
        ? Optional.of("unknown kind")
        : PeerTexts.tooLong("resource ID", entry.getId())
            .or(() -> taker.take(type.get(), entry.getId(), entry.getResource()));
  }
}
