package io.hanse.fsm.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.values.ValueModel;
import net.openhft.compiler.CompilerUtils;

/**
 * Writes the classes that Chronicle Map else has Java's compiler make, in each process anew: more
 * than a second of a server's start. It looks for them in the class path first, so the build puts
 * them beside our own. Run by the build only.
 */
final class ChronicleClasses {
  /** Where those that an older version of the library asked for may be left. */
  private static final String LIBRARY = "net/openhft";

  /** In a class file (JVM specification, section 4.1). */
  private static final int MAJOR_VERSION_AT = 6;

  /** Of Java 17. */
  private static final short OLDEST_MAJOR_VERSION = 61;

  private ChronicleClasses() {}

  /**
   * Writes them.
   *
   * @param args the folder of the classes
   */
  public static void main(String[] args) throws IOException {
    Path classes = Path.of(args[0]);
    Path note = classes.resolveSibling("chronicle-classes");
    String library = library();
    boolean areThere = Files.exists(note) && Files.isDirectory(classes.resolve(LIBRARY));
    if (areThere && Files.readString(note).equals(library)) {
      return; // Or all that stands on this module would be built anew each time.
    }
    drop(classes.resolve(LIBRARY));
    Map<String, byte[]> compiled = new TreeMap<>();
    try (ChronicleValues values = new ChronicleValues(StoreSettings.defaults())) {
      values.put(1, new byte[1]);
      CompilerUtils.CACHED_COMPILER.updateFileManagerForClassLoader(
          ChronicleMap.class.getClassLoader(), files -> compiled.putAll(files.getAllBuffers()));
    }
    for (Map.Entry<String, byte[]> each : compiled.entrySet()) {
      Path file = classes.resolve(each.getKey().replace('.', '/') + ".class");
      Files.createDirectories(file.getParent());
      Files.write(file, forOldestJava(each.getValue()));
    }
    if (compiled.isEmpty()) {
      throw new IllegalStateException("Chronicle Map had no class compiled: is this still needed?");
    }
    Files.writeString(note, library);
  }

  /** Which library the classes are for. */
  private static String library() {
    return List.of(ChronicleMap.class, ValueModel.class).stream()
        .map(each -> each.getProtectionDomain().getCodeSource().getLocation().toString())
        .collect(Collectors.joining("\n"));
  }

  /** A newer JDK that builds must not make a program that only runs on it. */
  private static byte[] forOldestJava(byte[] classFile) {
    ByteBuffer file = ByteBuffer.wrap(classFile);
    if (file.getShort(MAJOR_VERSION_AT) > OLDEST_MAJOR_VERSION) {
      file.putShort(MAJOR_VERSION_AT, OLDEST_MAJOR_VERSION);
    }
    return classFile;
  }

  private static void drop(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }
}
