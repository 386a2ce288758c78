package io.hanse.peering;

import io.hanse.fsm.row.PeerAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Addresses of which each may have a label, an operator's word for the way that it is. They travel
 * and are stored as Consul has them, as a list of addresses, with the labels by address beside it.
 */
public final class LabelledAddresses {
  private LabelledAddresses() {}

  /**
   * Joins what travels apart. A label of an address that is not in the list is dropped: the list is
   * what counts.
   */
  public static List<PeerAddress> of(List<String> addresses, Map<String, String> labels) {
    List<PeerAddress> joined = new ArrayList<>(addresses.size());
    for (String address : addresses) {
      joined.add(
          PeerAddress.newBuilder()
              .setAddress(address)
              .setLabel(labels.getOrDefault(address, ""))
              .build());
    }
    return joined;
  }

  /** The addresses alone. */
  public static List<String> plain(List<PeerAddress> addresses) {
    return addresses.stream().map(PeerAddress::getAddress).toList();
  }

  /** The labels alone, by address; of those without one, nothing. */
  public static Map<String, String> labels(List<PeerAddress> addresses) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (PeerAddress each : addresses) {
      if (!each.getLabel().isEmpty()) {
        labels.put(each.getAddress(), each.getLabel());
      }
    }
    return labels;
  }

  /** Those with this label first, each part in the order it has. */
  static List<PeerAddress> preferring(String label, List<PeerAddress> addresses) {
    Set<PeerAddress> ordered = new LinkedHashSet<>();
    if (!label.isEmpty()) {
      addresses.stream().filter(each -> each.getLabel().equals(label)).forEach(ordered::add);
    }
    ordered.addAll(addresses);
    return List.copyOf(ordered);
  }
}
