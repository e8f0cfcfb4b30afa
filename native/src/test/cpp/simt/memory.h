// The emulated device's memory: global buffers with gaps between them, and the
// shared memory of the CTA that runs.
#ifndef EBB_SIMT_MEMORY_H
#define EBB_SIMT_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "simt/shadow.h"

namespace simt {

// Shared memory that a CTA may ask for, as on sm_90 and sm_100.
constexpr size_t kSharedBytesMax = 227 * 1024;

// A range of addresses, one cell a byte beside it, made as it is touched.
class Region {
 public:
  explicit Region(size_t bytes);
  ~Region();
  Region(const Region &) = delete;
  Region &operator=(const Region &) = delete;

  bool holds(const void *address) const { return offset(address) < bytes_; }
  size_t offset(const void *address) const {
    return static_cast<size_t>(static_cast<const std::byte *>(address) - base_);
  }
  std::byte *base() const { return base_; }
  size_t bytes() const { return bytes_; }
  Cell *cells(size_t offset) const { return cells_ + offset; }
  // Gives back the memory of a part and forgets what was known of it.
  void forget(size_t offset, size_t bytes);

 private:
  size_t bytes_;
  std::byte *base_;
  Cell *cells_;
};

class GlobalMemory {
 public:
  static constexpr size_t kBytes = size_t{4} << 30;

  GlobalMemory();

  // Aligned to 256 bytes as cudaMalloc does, filled with bytes that make NaNs; nullptr when full.
  void *allocate(size_t bytes, const std::string &name);
  void release(void *address);

  // Marks bytes as written by the host.
  void note_written(const void *address, size_t bytes);

  bool holds(const void *address) const { return region_.holds(address); }
  // Whether [address, address + bytes) lies in one live buffer.
  bool inside(const void *address, size_t bytes) const;
  // Which of all buffers that ever were lies there; 0: none that lives.
  uint64_t buffer_number(const void *address) const;
  // How many bytes of the live buffers of that name were ever written.
  size_t bytes_written(const std::string &name) const;
  // The nearest live buffer at or below, and where in it: for messages.
  std::string place(const void *address) const;

  Cell *cells(const void *address) const { return region_.cells(region_.offset(address)); }
  uint8_t *written(const void *address) { return written_.data(region_.offset(address)); }
  size_t free_bytes() const { return kBytes - in_use_; }

 private:
  static constexpr size_t kPage = 4096;
  struct Buffer {
    size_t begin;
    size_t end;
    std::string name;
    uint64_t number;
    bool live;
  };
  // One byte for each byte of the region: whether anything wrote it.
  class Flags {
   public:
    explicit Flags(size_t bytes);
    ~Flags();
    uint8_t *data(size_t offset) const { return data_ + offset; }

   private:
    size_t bytes_;
    uint8_t *data_;
  };
  const Buffer *buffer_at(size_t offset) const;

  Region region_;
  Flags written_;
  std::vector<uint32_t> owner_;  // of each page: index of its buffer + 1; 0: none
  std::vector<Buffer> buffers_;
  size_t next_ = kPage;
  size_t in_use_ = 0;
  uint64_t numbers_ = 0;
};

// The static objects of a CTA come first, each with a gap behind it, then the dynamic part.
class SharedMemory {
 public:
  SharedMemory() : region_(kWindow) {}

  // A new CTA: nothing is declared, all bytes are uninitialised.
  void begin(size_t dynamic_bytes);

  // The static object of that key (its place in the source); the same for all threads.
  void *declare(const void *key, size_t bytes, size_t alignment);
  void *dynamic() const { return region_.base() + kDynamicAt; }

  bool holds(const void *address) const { return region_.holds(address); }
  bool inside(const void *address, size_t bytes) const;
  std::string place(const void *address) const;
  // As the hardware sees it: without the gaps.
  uint32_t bank_offset(const void *address) const;
  // The byte of the dynamic part that lies there; nullptr where none does.
  std::byte *at_bank_offset(uint32_t offset) const;
  Cell *cells(const void *address) const { return region_.cells(region_.offset(address)); }
  size_t bytes_used() const { return static_bytes_ + dynamic_bytes_; }

 private:
  static constexpr size_t kDynamicAt = 512 * 1024;
  static constexpr size_t kWindow = 1024 * 1024;
  static constexpr size_t kGap = 256;
  struct Object {
    const void *key;
    size_t begin;
    size_t end;
    size_t bank;
  };
  const Object *object_at(size_t offset) const;

  Region region_;
  std::vector<Object> objects_;
  size_t next_ = 0;
  size_t static_bytes_ = 0;
  size_t dynamic_bytes_ = 0;
};

}  // namespace simt

#endif  // EBB_SIMT_MEMORY_H
