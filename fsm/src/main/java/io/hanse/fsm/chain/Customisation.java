package io.hanse.fsm.chain;

import com.google.protobuf.Duration;
import io.hanse.fsm.chain.ChainRequest.Overrides;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Which overrides changed a chain, and the short hash by which such a chain is told from the plain
 * one. Names of clusters in proxies begin with the hash, so it is made as Consul makes it: FNV-1
 * over the fields of a structure without a name. Source: mesh data plane, section 7.7.
 */
final class Customisation {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final int SHOWN = 8;

  private final Overrides overrides;
  private boolean byProtocol;
  private boolean byMeshGateway;
  private boolean byConnectTimeout;

  Customisation(Overrides overrides) {
    this.overrides = overrides;
  }

  void noteProtocol() {
    byProtocol = true;
  }

  void noteMeshGateway() {
    byMeshGateway = true;
  }

  void noteConnectTimeout() {
    byConnectTimeout = true;
  }

  /** Empty where the chain is as it would be without. */
  String hash() {
    if (!byProtocol && !byMeshGateway && !byConnectTimeout) {
      return "";
    }
    long gateway =
        structure("MeshGatewayConfig")
            ^ field("Mode", text(byMeshGateway ? overrides.meshGatewayMode() : ""));
    long all =
        structure("")
            ^ field("OverrideMeshGateway", gateway)
            ^ field("OverrideProtocol", text(byProtocol ? overrides.protocol() : ""))
            ^ field(
                "OverrideConnectTimeout",
                number(byConnectTimeout ? nanos(overrides.connectTimeout()) : 0));
    String hex = String.format(Locale.ROOT, "%x", all);
    return hex.substring(0, Math.min(SHOWN, hex.length()));
  }

  private static long nanos(Duration duration) {
    return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()).toNanos();
  }

  private static long structure(String type) {
    return text(type);
  }

  private static long field(String name, long value) {
    return mixed(mixed(OFFSET_BASIS, text(name)), value);
  }

  private static long text(String text) {
    long hash = OFFSET_BASIS;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = mixed(hash, b);
    }
    return hash;
  }

  private static long number(long number) {
    return mixed(OFFSET_BASIS, number);
  }

  /** The lowest byte first. */
  private static long mixed(long hash, long number) {
    long all = hash;
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      all = mixed(all, (byte) (number >>> shift));
    }
    return all;
  }

  private static long mixed(long hash, byte b) {
    return (hash * PRIME) ^ (b & 0xff);
  }
}
