package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.http.request.Intention;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Shows a source of an entry as the intention that it is by itself. */
final class IntentionViews {
  private static final String ONLY = "default";

  private IntentionViews() {}

  static List<Intention> of(List<IntentionMatcher.Intention> intentions) {
    return intentions.stream().map(IntentionViews::of).toList();
  }

  static Intention of(IntentionMatcher.Intention intention) {
    ConfigEntry entry = intention.entry();
    SourceIntention source = intention.source();
    Intention.Builder view =
        Intention.newBuilder()
            .setId(source.getLegacyId())
            .setDescription(source.getDescription())
            .setSourceNs(ONLY)
            .setSourceName(source.getName())
            .setSourcePeer(source.getPeer())
            .setDestinationNs(ONLY)
            .setDestinationName(entry.getName())
            .setSourceType(source.getType())
            .setAction(source.getAction())
            .addAllPermissions(source.getPermissionsList())
            .setPrecedence(source.getPrecedence())
            .setCreateIndex(entry.getRaftIndex().getCreateIndex())
            .setModifyIndex(entry.getRaftIndex().getModifyIndex());
    if (entry.getServiceIntentions().hasJwt()) {
      view.setJwt(entry.getServiceIntentions().getJwt());
    }
    if (source.getLegacyId().isEmpty()) {
      return view.putAllMeta(entry.getMetaMap()).build();
    }
    return view.putAllMeta(source.getLegacyMetaMap())
        .setCreatedAt(source.getLegacyCreateTime())
        .setUpdatedAt(source.getLegacyUpdateTime())
        .setHash(hash(source, entry.getName()))
        .build();
  }

  /** By what it says. Clients compare it with what they saw before, with nothing else. */
  private static ByteString hash(SourceIntention source, String destination) {
    SourceIntention content = source.toBuilder().clearLegacyUpdateTime().build();
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content.toByteArray());
      return ByteString.copyFrom(digest.digest(destination.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
