package io.hanse.fsm.view;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Counter;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;

/** The table of numbers by their names: its rows do not say their own key. */
public final class Counters {
  private Counters() {}

  /** The number of a name, or another where there is none. */
  public static long at(Rows rows, Key name, long otherwise) {
    byte[] row = rows.get(TableId.COUNTERS, name);
    return row == null ? otherwise : number(row);
  }

  public static long number(byte[] row) {
    try {
      return Counter.parseFrom(row).getNext();
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "a counter cannot be read", e);
    }
  }

  /** A number as a row. */
  public static byte[] row(long number) {
    return Counter.newBuilder().setNext(number).build().toByteArray();
  }
}
