package io.hanse.peering.protocol;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkStatus.Code;
import io.hanse.peering.proto.ReplicationMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What an acceptor checks of a dialer's first message, and the verdict. Source: peering protocol,
 * section 4.4, in that order; whether this server leads was checked before.
 */
public final class Opening {
  private static final int ID_CHARACTERS = 36;
  private static final int ID_HYPHENS_MAX = 4;

  /** Names of a partition, a datacenter, a region and a zone; they are stored. */
  private static final int REMOTE_BYTES_MAX = 4 << 10;

  /** What is stored, as far as a dialer's claim depends on it. */
  public interface Stored {
    Optional<Peering> peering(String id);

    Optional<PeeringSecrets> secrets(String id);

    /** Whether this cluster has an identity and a CA. */
    boolean isTrustReady();
  }

  /** The verdict. */
  public sealed interface Verdict {}

  /** The dialer is let in, its secret is known to be in use. */
  public record Accepted(Peering peering) implements Verdict {}

  /** The dialer is let in once its pending secret is the active one; on failure see below. */
  public record Promote(Peering peering, String pending, RemoteInfo remote) implements Verdict {
    /** How the stream ends if the promotion can't be stored. */
    public LinkStatus failed(String problem) {
      return LinkStatus.of(Code.INTERNAL, "failed to persist peering: " + problem);
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "Promote[" + peering.getId() + "]";
    }
  }

  /**
   * The dialer is turned away.
   *
   * @param terminated it is to be told first that the relation has ended
   * @param secretUnknown of an active peering it came with another secret, or there is none
   */
  public record Refused(boolean terminated, boolean secretUnknown, LinkStatus status)
      implements Verdict {}

  private Opening() {}

  /** Judges the first message of a stream. */
  public static Verdict judge(ReplicationMessage first, Stored stored) {
    if (!first.hasOpen()) {
      return refused(
          Code.INVALID_ARGUMENT, "first message when initiating a peering must be: Open");
    }
    String id = first.getOpen().getPeerId();
    if (id.isEmpty()) {
      return refused(Code.INVALID_ARGUMENT, "initial subscription request must specify a PeerID");
    }
    if (!isId(id)) {
      return refused(Code.INTERNAL, "failed to find PeerID: " + PeerTexts.shown(id));
    }
    Optional<Peering> peering = stored.peering(id);
    if (peering.isEmpty()) {
      return refused(Code.INVALID_ARGUMENT, "initial subscription for unknown PeerID: " + id);
    }
    if (!Peerings.isActive(peering.get())) {
      boolean tell = peering.get().getState() != PeeringState.TERMINATED;
      String text = "peering is marked as deleted: " + id;
      return new Refused(tell, /* secretUnknown= */ false, LinkStatus.of(Code.ABORTED, text));
    }
    return judgeSecret(first.getOpen(), peering.get(), stored);
  }

  private static Verdict judgeSecret(ReplicationMessage.Open open, Peering peering, Stored stored) {
    Optional<PeeringSecrets> secrets = stored.secrets(peering.getId());
    if (secrets.isEmpty()) {
      return secretUnknown(
          Code.INTERNAL, "unable to authorize connection, peering must be re-established");
    }
    String given = open.getStreamSecretId();
    boolean isActive = same(secrets.get().getActiveStream(), given);
    boolean isPending = same(secrets.get().getPendingStream(), given);
    if (!isActive && !isPending) {
      return secretUnknown(Code.PERMISSION_DENIED, "invalid peering stream secret");
    }
    if (open.getRemote().getSerializedSize() > REMOTE_BYTES_MAX) {
      return refused(Code.INVALID_ARGUMENT, "what the dialer says of itself is too long");
    }
    if (!peering.getPeerId().isEmpty()) {
      return refused(
          Code.INVALID_ARGUMENT,
          "expected PeerID to be empty; the wrong end of peering is being dialed");
    }
    if (!stored.isTrustReady()) {
      return refused(Code.UNAVAILABLE, "Connect CA is not yet initialized");
    }
    return isActive ? new Accepted(peering) : new Promote(peering, given, open.getRemote());
  }

  private static boolean isId(String id) {
    int hyphens = 0;
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) == '-') {
        hyphens++;
      } else if (Character.digit(id.charAt(i), 16) < 0) {
        return false;
      }
    }
    return id.length() == ID_CHARACTERS && hyphens <= ID_HYPHENS_MAX;
  }

  /** In a time that does not depend on how much is right. */
  private static boolean same(String known, String given) {
    return !known.isEmpty()
        && MessageDigest.isEqual(
            known.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private static Refused refused(Code code, String text) {
    return new Refused(false, /* secretUnknown= */ false, LinkStatus.of(code, text));
  }

  private static Refused secretUnknown(Code code, String text) {
    return new Refused(false, /* secretUnknown= */ true, LinkStatus.of(code, text));
  }
}
