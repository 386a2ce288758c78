package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFactsTest {
  private static final long NOW_MILLIS = 1_700_000_000_000L;

  @TempDir private Path root;

  private void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  @Test
  void shouldTellUnderConsulsKeysWhatTheKernelSays() throws IOException {
    write(
        "proc/meminfo",
        """
        MemTotal:       1000 kB
        MemFree:         300 kB
        Cached:           60 kB
        SReclaimable:     40 kB
        HugePages_Total:       3
        """);
    write(
        "proc/cpuinfo",
        """
        processor\t: 0
        vendor_id\t: V
        cache size\t: 64 KB
        flags\t\t: fpu vme

        processor\t: 1
        model name\t: X: Y
        cpu MHz\t\t: 2300.5

        """);
    write("proc/uptime", "3600.25 7000.00\n");
    write("proc/sys/kernel/hostname", "host-1\n");
    write("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    write("etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");
    Files.createDirectories(root.resolve("proc/17"));

    Map<String, Object> facts = HostFacts.of(root, NOW_MILLIS);

    assertThat(facts)
        .containsOnlyKeys("CPU", "CollectionTime", "Disk", "Errors", "Host", "Memory")
        .containsEntry("CollectionTime", NOW_MILLIS * 1_000_000)
        .containsEntry("Errors", List.of());
    assertThat(facts)
        .extractingByKey("Memory", InstanceOfAssertFactories.MAP)
        .containsEntry("total", 1000 * 1024L)
        .containsEntry("cached", 100 * 1024L)
        .containsEntry("hugePagesTotal", 3L)
        .containsEntry("used", 600 * 1024L)
        .containsEntry("usedPercent", 60.0);
    assertThat(facts)
        .extractingByKey("Host", InstanceOfAssertFactories.MAP)
        .containsEntry("hostname", "host-1")
        .containsEntry("uptime", 3600L)
        .containsEntry("bootTime", 1_700_000_000L - 3600)
        .containsEntry("procs", 1L)
        .containsEntry("platform", "debian")
        .containsEntry("platformFamily", "debian")
        .containsEntry("platformVersion", "12")
        .containsEntry("hostId", "3d1219c7-c4c5-404a-aa1f-6d2a48adfda4");
    assertThat(facts)
        .extractingByKey("CPU", InstanceOfAssertFactories.LIST)
        .hasSize(2)
        .first(InstanceOfAssertFactories.MAP)
        .containsEntry("vendorId", "V")
        .containsEntry("cacheSize", 64L)
        .containsEntry("flags", List.of("fpu", "vme"));
    assertThat(facts)
        .extractingByKey("Disk", InstanceOfAssertFactories.MAP)
        .containsKeys("path", "fstype", "total", "free", "used", "usedPercent");
  }

  @Test
  void shouldNameWhatItDoesNotKnow() {
    Map<String, Object> facts = HostFacts.of(root, NOW_MILLIS);
    assertThat(facts).containsOnlyKeys("CollectionTime", "Disk", "Errors");
    assertThat(facts)
        .extractingByKey("Errors", InstanceOfAssertFactories.LIST)
        .hasSize(3)
        .allMatch(error -> error.toString().contains("NoSuchFile"));
  }
}
