package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.Status;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.Operation;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import io.hanse.peering.protocol.OfferQueue.Offer;
import java.util.Optional;

/** The forms of responses and their answers, with the texts that Consul gives for a refusal. */
final class Answers {
  static final String UNEXPECTED_END = "stream ended unexpectedly";

  private static final int NONCE_BYTES = 10;

  /** Codes of a refusal: gRPC's invalid argument and internal. */
  private static final int MALFORMED = 3;

  private static final int NOT_STORED = 13;

  /** A refusal of one resource. */
  record Nack(int code, String message) {}

  private Answers() {}

  static ReplicationMessage response(Offer offer, String nonce) {
    return ReplicationMessage.newBuilder().setResponse(unnumbered(offer).setNonce(nonce)).build();
  }

  /** The size of the message that carries the offer, at most. */
  static int sizeOf(Offer offer) {
    int framing = NONCE_BYTES + NONCE_BYTES;
    return unnumbered(offer).build().getSerializedSize() + framing;
  }

  private static Response.Builder unnumbered(Offer offer) {
    return Response.newBuilder()
        .setResourceUrl(offer.type().url())
        .setResourceId(offer.id())
        .setResource(offer.payload())
        .setOperation(Operation.OPERATION_UPSERT);
  }

  static Request ack(Response response) {
    return Request.newBuilder()
        .setResponseNonce(response.getNonce())
        .setResourceUrl(response.getResourceUrl())
        .build();
  }

  /** The order of the codes is that of their numbers. */
  @SuppressWarnings("EnumOrdinal")
  static Request nack(Response response, Nack nack) {
    Status error = Status.newBuilder().setCode(nack.code()).setMessage(nack.message()).build();
    return ack(response).toBuilder().setError(error).build();
  }

  static Nack notStored(Response response, String problem) {
    return new Nack(
        NOT_STORED,
        "upsert error, ResourceURL: %s, ResourceID: %s: %s"
            .formatted(
                quoted(response.getResourceUrl()),
                quoted(response.getResourceId()),
                PeerTexts.cut(problem)));
  }

  /** What makes a response impossible to store, whatever it holds; checked in this order. */
  static Optional<Nack> problemOf(Response response, boolean urlIsKnown) {
    String url = response.getResourceUrl();
    Any resource = response.getResource();
    if (!urlIsKnown) {
      return malformed("received response for unknown resource type " + quoted(url));
    }
    if (response.getNonce().isEmpty()) {
      String id = PeerTexts.cut(response.getResourceId());
      return malformed("received response without a nonce for: " + url + ":" + id);
    }
    Optional<String> tooLong = PeerTexts.tooLong("resource ID", response.getResourceId());
    if (tooLong.isPresent()) {
      return malformed(tooLong.get());
    }
    if (response.getOperation() != Operation.OPERATION_UPSERT) {
      return malformed("unsupported operation: " + nameOf(response));
    }
    if (!response.hasResource()) {
      return malformed("received upsert response with no content");
    }
    if (!resource.getTypeUrl().equals(url)) {
      String problem =
          "mismatched resourceURL %s and Any typeUrl %s"
              .formatted(quoted(url), quoted(resource.getTypeUrl()));
      return Optional.of(notStored(response, problem));
    }
    return Optional.empty();
  }

  private static Optional<Nack> malformed(String message) {
    return Optional.of(new Nack(MALFORMED, message));
  }

  private static String nameOf(Response response) {
    return response.getOperation() == Operation.UNRECOGNIZED
        ? Integer.toString(response.getOperationValue())
        : quoted(response.getOperation().name());
  }

  /** What is received must not be able to forge a line of a log. */
  private static String quoted(String text) {
    return Quoted.of(PeerTexts.cut(text));
  }

  /** How an end that the other side brought about reads in our status. */
  static LinkStatus asSeenFromHere(LinkStatus ended) {
    if (ended.isOk()) {
      return LinkStatus.of(LinkStatus.Code.UNKNOWN, UNEXPECTED_END);
    }
    return new LinkStatus(
        ended.code(), PeerTexts.cut(ended.text()), ended.leader(), ended.isNameUnknown());
  }
}
