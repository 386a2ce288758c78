package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.DialedAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How one peering fared where it was dialed: the newest failure at each address. */
final class DialRecord {
  /** Of a failure's text, so that a peer can't make it long. */
  private static final int TEXT_MAX = 500;

  private final Map<String, DialedAddress> addresses = new LinkedHashMap<>();
  private String newest = "";

  /** The others are dialed no more; one by which a stream may run is kept. */
  void keepOnly(Collection<String> dialed) {
    addresses.keySet().removeIf(address -> !dialed.contains(address) && !address.equals(newest));
  }

  void attempted(String address) {
    newest = address;
    addresses.putIfAbsent(address, DialedAddress.newBuilder().setAddress(address).build());
  }

  /** The newest attempt is over, or the stream that came of it. */
  void ended(LinkStatus status, long nowMillis) {
    if (DialNews.isFollowers(status)) {
      answered();
    } else {
      failed(status.text(), nowMillis);
    }
  }

  /** A server that does not lead has answered: nothing is wrong with its address. */
  void answered() {
    addresses.computeIfPresent(
        newest,
        (address, known) -> known.toBuilder().clearLastError().clearLastErrorMillis().build());
  }

  /** The newest attempt has failed, or the stream that came of it. */
  void failed(String text, long nowMillis) {
    addresses.computeIfPresent(
        newest,
        (address, known) ->
            known.toBuilder().setLastError(shown(text)).setLastErrorMillis(nowMillis).build());
  }

  /** It is the other end's, and goes to a terminal: one line, without control characters. */
  private static String shown(String text) {
    int end = text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), TEXT_MAX));
    return Quoted.printable(text.substring(0, end));
  }

  List<DialedAddress> shown() {
    return addresses.values().stream()
        .map(each -> each.toBuilder().setNewest(each.getAddress().equals(newest)).build())
        .toList();
  }
}
