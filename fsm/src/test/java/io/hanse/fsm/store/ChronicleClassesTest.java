package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.compiler.CompilerUtils;
import org.junit.jupiter.api.Test;

class ChronicleClassesTest {
  @Test
  void shouldLeaveNothingToCompileToAProcess() {
    Map<String, byte[]> compiled = new TreeMap<>();
    try (ChronicleValues values = new ChronicleValues(StoreSettings.defaults())) {
      values.put(1, new byte[] {7});
      assertThat(values.get(1)).containsExactly(7);
    }
    CompilerUtils.CACHED_COMPILER.updateFileManagerForClassLoader(
        ChronicleMap.class.getClassLoader(), files -> compiled.putAll(files.getAllBuffers()));
    assertThat(compiled).isEmpty();
  }
}
