package dev.ebb.engine.model;

import java.nio.ByteBuffer;

/**
 * Metadata values of a GGUF file. Scalars become their boxed Java value (unsigned ones widened),
 * arrays the smallest Java array that holds them, nested arrays {@code Object[]}.
 */
final class GgufValues {
  private static final int U8 = 0;
  private static final int I8 = 1;
  private static final int U16 = 2;
  private static final int I16 = 3;
  private static final int U32 = 4;
  private static final int I32 = 5;
  private static final int F32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int U64 = 10;
  private static final int I64 = 11;
  private static final int F64 = 12;

  /** Fewest bytes a value of each type takes; an array's is its type and count. */
  private static final int[] BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

  /** Real files nest arrays once at most; a deep nest is an attack on the stack. */
  private static final int DEEPEST = 8;

  private GgufValues() {}

  /** Reads one value with its type number before it. */
  static Object read(GgufCursor in, String field) {
    return value(in, field, type(in, field), 0);
  }

  private static int type(GgufCursor in, String field) {
    int at = in.offset();
    int type = in.i32(field + " type");
    if (type < 0 || type >= BYTES.length) {
      throw in.damaged(field + " type", at, Integer.toUnsignedString(type) + " is no metadata type");
    }
    return type;
  }

  private static Object value(GgufCursor in, String field, int type, int depth) {
    return switch (type) {
      case U8 -> in.u8(field) & 0xff;
      case I8 -> (int) in.u8(field);
      case U16 -> in.i16(field) & 0xffff;
      case I16 -> (int) in.i16(field);
      case U32 -> in.i32(field) & 0xffffffffL;
      case I32 -> in.i32(field);
      case F32 -> Float.intBitsToFloat(in.i32(field));
      case BOOL -> in.bool(field);
      case STRING -> in.string(field);
      case ARRAY -> array(in, field, depth + 1);
      case U64 -> in.u64(field);
      case I64 -> in.i64(field);
      default -> Double.longBitsToDouble(in.i64(field));
    };
  }

  private static Object array(GgufCursor in, String field, int depth) {
    if (depth > DEEPEST) {
      throw in.damaged(field, in.offset(), "arrays nested deeper than " + DEEPEST);
    }
    int type = type(in, field + " element");
    int count = in.count(field + " count", BYTES[type]);
    return switch (type) {
      case STRING -> strings(in, field, count);
      case ARRAY -> objects(in, field, type, count, depth);
      case U64 -> objects(in, field, type, count, depth);
      case BOOL -> booleans(in, field, count);
      default -> numbers(in, field, type, count);
    };
  }

  private static String[] strings(GgufCursor in, String field, int count) {
    String[] out = new String[count];
    for (int i = 0; i < count; i++) {
      out[i] = in.string(field);
    }
    return out;
  }

  private static Object[] objects(GgufCursor in, String field, int type, int count, int depth) {
    Object[] out = new Object[count];
    for (int i = 0; i < count; i++) {
      out[i] = value(in, field, type, depth);
    }
    return out;
  }

  private static boolean[] booleans(GgufCursor in, String field, int count) {
    boolean[] out = new boolean[count];
    for (int i = 0; i < count; i++) {
      out[i] = in.bool(field);
    }
    return out;
  }

  private static Object numbers(GgufCursor in, String field, int type, int count) {
    int length = Math.multiplyExact(count, BYTES[type]);
    ByteBuffer from = in.slice(in.skip(field, length), length);
    switch (type) {
      case F32 -> {
        float[] out = new float[count];
        from.asFloatBuffer().get(out);
        return out;
      }
      case F64 -> {
        double[] out = new double[count];
        from.asDoubleBuffer().get(out);
        return out;
      }
      case I64, U32 -> {
        long[] out = new long[count];
        for (int i = 0; i < count; i++) {
          out[i] = type == I64 ? from.getLong() : from.getInt() & 0xffffffffL;
        }
        return out;
      }
      default -> {
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
          out[i] = small(from, type);
        }
        return out;
      }
    }
  }

  private static int small(ByteBuffer from, int type) {
    return switch (type) {
      case U8 -> from.get() & 0xff;
      case I8 -> from.get();
      case U16 -> from.getShort() & 0xffff;
      case I16 -> from.getShort();
      default -> from.getInt();
    };
  }
}
