package dev.ebb.engine.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockHashTest {
  /** From Python: hashlib.sha256 over cbor2.dumps([parent, ids, [model, salt]], canonical=True). */
  @Test
  void chainIsThatOfAnotherImplementation() {
    int[] tokens = IntStream.range(0, 40).map(i -> i * i * 37).toArray();
    tokens[3] = -1;
    tokens[20] = 70_000;
    List<BlockHash> chain = BlockHash.chain(tokens, "0123456789abcdef0123456789abcdef", "ténant");
    assertEquals(List.of(
        "218519db9222f3ff24410a43bf36a0db592524888481bb3dfe6bc27f727f858f",
        "0cfa722262e8f6dc319f9287b84a3bc450fc24b69d0a03ac65774d2e83c3913b"),
        chain.stream().map(BlockHash::hex).toList());
  }

  @Test
  void everyInputCounts() {
    int[] tokens = IntStream.range(0, 32).toArray();
    int[] changed = tokens.clone();
    changed[0] = 99;
    Set<BlockHash> second = new HashSet<>();
    second.add(BlockHash.chain(tokens, "m", "").get(1));
    second.add(BlockHash.chain(tokens, "m", "salt").get(1));
    second.add(BlockHash.chain(tokens, "other", "").get(1));
    second.add(BlockHash.chain(changed, "m", "").get(1));
    assertEquals(4, second.size());
    assertNotEquals(BlockHash.chain(tokens, "ab", "c").get(0), BlockHash.chain(tokens, "a", "bc").get(0));
  }

  @Test
  void onlyFullBlocksHaveHashes() {
    assertEquals(0, BlockHash.chain(new int[15], "m", "").size());
    assertEquals(1, BlockHash.chain(new int[31], "m", "").size());
    assertEquals(2, BlockHash.chain(new int[32], "m", "").size());
  }

  @Test
  void hexIsReadBack() {
    BlockHash hash = BlockHash.chain(new int[16], "m", "").getFirst();
    assertEquals(hash, BlockHash.parse(hash.hex()));
    assertThrows(IllegalArgumentException.class, () -> BlockHash.parse("abcd"));
    assertThrows(IllegalArgumentException.class, () -> BlockHash.parse("zz".repeat(32)));
  }
}
