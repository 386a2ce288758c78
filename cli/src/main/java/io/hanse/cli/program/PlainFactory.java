package io.hanse.cli.program;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.IFactory;

/**
 * Makes what picocli needs an object of. Picocli's own factory looks for Groovy first, and to find
 * that there is none means to open every jar.
 */
public final class PlainFactory implements IFactory {
  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type.isInterface()) {
      // Where a flag may be given several times.
      return type.cast(type == Map.class ? new LinkedHashMap<>() : new ArrayList<>());
    }
    Constructor<K> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }
}
