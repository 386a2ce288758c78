package io.hanse.peering.link;

/**
 * Where a server that does not lead says that its leader is.
 *
 * @param address as the servers of its cluster call each other, which is all that a Consul says
 * @param dialed as other clusters dial it; empty where that is not known, or no way leads there
 */
public record LeaderPlace(String address, String dialed) {
  /** Nobody leads, as far as is known. */
  public static final LeaderPlace UNKNOWN = new LeaderPlace("", "");
}
