package io.hanse.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * The same work for each system in its own words. To etcd a registration is a value of the same
 * size, and an instance one of 800 bytes.
 */
final class Requests {
  private static final int KEYS = 5000;
  private static final int VALUE_BYTES = 256;
  static final int INSTANCES = 10;
  private static final int INSTANCE_BYTES = 800;

  private Requests() {}

  /** Each write differs from the one before of its key. */
  static IntFunction<Request> keyValue(Kind kind) {
    long[] count = {0};
    return lane -> {
      long n = count[0]++;
      String value = String.format("%0" + VALUE_BYTES + "d", System.nanoTime());
      String key = "load/" + n % KEYS;
      return kind == Kind.ETCD ? put(key, value) : Request.put("/v1/kv/" + key, value);
    };
  }

  static IntFunction<Request> registrations(Kind kind) {
    long[] count = {0};
    return lane -> {
      long n = count[0]++;
      String body = registration("node-" + n % KEYS, "load-" + n % 500, n % 50_000);
      return kind == Kind.ETCD
          ? put("node-" + n % KEYS, body)
          : Request.put("/v1/catalog/register", body);
    };
  }

  static String registration(String node, String service, long output) {
    return ("{'Node':'"
            + node
            + "','Address':'10.0.0.1','NodeMeta':{'rack':'r1'},'Service':{'ID':'"
            + service
            + "-1','Service':'"
            + service
            + "','Tags':['v1','primary'],'Address':'10.0.0.1','Port':"
            + (10_000 + output)
            + ",'Meta':{'version':'1.2.3','zone':'a'}},'Check':{'CheckID':'"
            + service
            + "-alive','Name':'alive','Status':'passing','ServiceID':'"
            + service
            + "-1','Output':'HTTP GET 200 OK "
            + output
            + "'}}")
        .replace('\'', '"');
  }

  /** Writes the service that reads look at: ten instances with two checks each. */
  static void seed(Cluster cluster, String service) throws Exception {
    for (int i = 0; i < INSTANCES; i++) {
      if (cluster.kind() == Kind.ETCD) {
        Slice.once(cluster, put(service + "/" + i, String.format("%0" + INSTANCE_BYTES + "d", i)));
      } else {
        Slice.once(
            cluster,
            Request.put("/v1/catalog/register", registration("seed-" + i, service, 1000 + i)));
      }
    }
  }

  /** A read of all instances of the service. */
  static Request read(Kind kind, String service, boolean isStale) {
    return kind == Kind.ETCD
        ? range(service + "/", service + "0", isStale)
        : Request.get("/v1/health/service/" + service + (isStale ? "?stale" : ""));
  }

  private static Request put(String key, String value) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    field(message, 1, key);
    field(message, 2, value);
    return Request.call("/etcdserverpb.KV/Put", message.toByteArray());
  }

  private static Request range(String from, String to, boolean isSerializable) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    field(message, 1, from);
    field(message, 2, to);
    if (isSerializable) {
      message.write(7 << 3);
      message.write(1);
    }
    return Request.call("/etcdserverpb.KV/Range", message.toByteArray());
  }

  private static void field(ByteArrayOutputStream message, int number, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    message.write((number << 3) | 2);
    int left = bytes.length;
    while (left >= 0x80) {
      message.write((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    message.write(left);
    message.writeBytes(bytes);
  }
}
