package io.hanse.cli.agent;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The machine of an agent, under Consul's keys: memory in bytes, times in seconds since 1970. It
 * asks the files of a Linux; where one is not there, as elsewhere, what it would say is left out
 * and named among the errors.
 */
final class HostFacts {
  private static final long KIB = 1024;

  /** Keys of Consul, and what the kernel calls the same. */
  private static final Map<String, String> MEMORY =
      Map.ofEntries(
          Map.entry("total", "MemTotal"),
          Map.entry("available", "MemAvailable"),
          Map.entry("free", "MemFree"),
          Map.entry("active", "Active"),
          Map.entry("inactive", "Inactive"),
          Map.entry("buffers", "Buffers"),
          Map.entry("dirty", "Dirty"),
          Map.entry("mapped", "Mapped"),
          Map.entry("shared", "Shmem"),
          Map.entry("slab", "Slab"),
          Map.entry("sreclaimable", "SReclaimable"),
          Map.entry("sunreclaim", "SUnreclaim"),
          Map.entry("pageTables", "PageTables"),
          Map.entry("swapCached", "SwapCached"),
          Map.entry("swapTotal", "SwapTotal"),
          Map.entry("swapFree", "SwapFree"),
          Map.entry("commitLimit", "CommitLimit"),
          Map.entry("committedAS", "Committed_AS"),
          Map.entry("writeBack", "Writeback"),
          Map.entry("writeBackTmp", "WritebackTmp"),
          Map.entry("highTotal", "HighTotal"),
          Map.entry("highFree", "HighFree"),
          Map.entry("lowTotal", "LowTotal"),
          Map.entry("lowFree", "LowFree"),
          Map.entry("vmallocTotal", "VmallocTotal"),
          Map.entry("vmallocUsed", "VmallocUsed"),
          Map.entry("vmallocChunk", "VmallocChunk"),
          Map.entry("hugePagesTotal", "HugePages_Total"),
          Map.entry("hugePagesFree", "HugePages_Free"),
          Map.entry("hugePagesRsvd", "HugePages_Rsvd"),
          Map.entry("hugePagesSurp", "HugePages_Surp"),
          Map.entry("hugePageSize", "Hugepagesize"));

  private final Path root;
  private final List<String> errors = new ArrayList<>();

  private HostFacts(Path root) {
    this.root = root;
  }

  /**
   * Reads some files; they are small, and no disk's.
   *
   * @param root of the file system
   */
  static Map<String, Object> of(Path root, long nowMillis) {
    HostFacts facts = new HostFacts(root);
    Map<String, Object> all = new TreeMap<>();
    facts.put(all, "Memory", facts::memory);
    facts.put(all, "CPU", facts::processors);
    facts.put(all, "Host", () -> facts.host(nowMillis));
    facts.put(all, "Disk", facts::disk);
    all.put("CollectionTime", nowMillis * 1_000_000);
    all.put("Errors", facts.errors);
    return all;
  }

  private interface Source {
    Object read() throws IOException;
  }

  private void put(Map<String, Object> all, String key, Source source) {
    try {
      all.put(key, source.read());
    } catch (IOException | RuntimeException e) {
      errors.add(key + ": " + e);
    }
  }

  private Map<String, Object> memory() throws IOException {
    Map<String, Long> kernel = new TreeMap<>();
    try (Stream<String> lines = Files.lines(root.resolve("proc/meminfo"))) {
      lines.forEach(
          line -> {
            String[] words = line.split(":?\\s+", -1);
            // A few are counts, and have no unit.
            kernel.put(words[0], Long.parseLong(words[1]) * (words.length > 2 ? KIB : 1));
          });
    }
    Map<String, Object> memory = new TreeMap<>();
    MEMORY.forEach((key, name) -> memory.put(key, kernel.getOrDefault(name, 0L)));
    long total = kernel.getOrDefault("MemTotal", 0L);
    long cached = kernel.getOrDefault("Cached", 0L) + kernel.getOrDefault("SReclaimable", 0L);
    long used =
        total - kernel.getOrDefault("MemFree", 0L) - kernel.getOrDefault("Buffers", 0L) - cached;
    memory.put("cached", cached);
    memory.put("used", used);
    memory.put("usedPercent", percent(used, total));
    return memory;
  }

  private List<Map<String, Object>> processors() throws IOException {
    List<Map<String, Object>> processors = new ArrayList<>();
    for (String block : Files.readString(root.resolve("proc/cpuinfo")).split("\n\n", -1)) {
      Map<String, String> kernel = new TreeMap<>();
      block.lines().forEach(line -> pair(line, "\\s*:\\s*", kernel));
      if (!kernel.containsKey("processor")) {
        continue;
      }
      Map<String, Object> processor = new LinkedHashMap<>();
      processor.put("cpu", whole(kernel.get("processor")));
      processor.put("vendorId", text(kernel.get("vendor_id")));
      processor.put("family", text(kernel.get("cpu family")));
      processor.put("model", text(kernel.get("model")));
      processor.put("stepping", whole(kernel.get("stepping")));
      processor.put("physicalId", text(kernel.get("physical id")));
      processor.put("coreId", text(kernel.get("core id")));
      processor.put("cores", 1);
      processor.put("modelName", text(kernel.get("model name")));
      processor.put("mhz", number(kernel.get("cpu MHz")));
      processor.put("cacheSize", whole(text(kernel.get("cache size")).replace(" KB", "")));
      processor.put("flags", List.of(text(kernel.get("flags")).split(" ", -1)));
      processor.put("microcode", text(kernel.get("microcode")));
      processors.add(processor);
    }
    return processors;
  }

  private Map<String, Object> host(long nowMillis) throws IOException {
    Map<String, Object> host = new TreeMap<>();
    host.put("hostname", Files.readString(root.resolve("proc/sys/kernel/hostname")).strip());
    host.put("os", System.getProperty("os.name").toLowerCase(Locale.ROOT));
    host.put("kernelVersion", System.getProperty("os.version"));
    host.put("kernelArch", System.getProperty("os.arch").replace("amd64", "x86_64"));
    Map<String, String> release = new TreeMap<>();
    Path file = root.resolve("etc/os-release");
    if (Files.exists(file)) {
      Files.readString(file).lines().forEach(line -> pair(line.replace("\"", ""), "=", release));
    }
    host.put("platform", text(release.get("ID")));
    host.put(
        "platformFamily", text(release.get(release.containsKey("ID_LIKE") ? "ID_LIKE" : "ID")));
    host.put("platformVersion", text(release.get("VERSION_ID")));
    long uptime = (long) number(Files.readString(root.resolve("proc/uptime")).split("\\s+", -1)[0]);
    host.put("uptime", uptime);
    host.put("bootTime", nowMillis / 1000 - uptime);
    Path proc = root.resolve("proc");
    try (Stream<Path> entries = Files.list(proc)) {
      host.put(
          "procs",
          entries.filter(entry -> proc.relativize(entry).toString().matches("[0-9]+")).count());
    }
    Path machine = root.resolve("etc/machine-id");
    host.put("hostId", Files.exists(machine) ? uuid(Files.readString(machine).strip()) : "");
    return host;
  }

  /** With the hyphens that the file leaves out. */
  private static String uuid(String digits) {
    return digits.replaceFirst("^(.{8})(.{4})(.{4})(.{4})(.{12})$", "$1-$2-$3-$4-$5");
  }

  private Map<String, Object> disk() throws IOException {
    FileStore store = Files.getFileStore(root);
    long total = store.getTotalSpace();
    long used = total - store.getUnallocatedSpace();
    long free = store.getUsableSpace();
    return new TreeMap<>(
        Map.of(
            "path",
            root.toString(),
            "fstype",
            store.type(),
            "total",
            total,
            "used",
            used,
            "free",
            free,
            "usedPercent",
            percent(used, used + free)));
  }

  private static void pair(String line, String separator, Map<String, String> into) {
    String[] parts = line.split(separator, 2);
    if (parts.length == 2) {
      into.put(parts[0].strip(), parts[1].strip());
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static long whole(@Nullable String text) {
    return text == null || text.isEmpty() ? 0 : Long.parseLong(text);
  }

  private static double number(@Nullable String text) {
    return text == null || text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  private static double percent(long part, long whole) {
    return whole == 0 ? 0 : part * 100.0 / whole;
  }
}
