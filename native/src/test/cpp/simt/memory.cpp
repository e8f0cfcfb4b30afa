#include "simt/memory.h"

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace simt {
namespace {

void *reserve(size_t bytes) {
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

size_t align(size_t value, size_t to) { return (value + to - 1) / to * to; }

}  // namespace

Region::Region(size_t bytes)
    : bytes_(bytes),
      base_(static_cast<std::byte *>(reserve(bytes))),
      cells_(static_cast<Cell *>(reserve(bytes * sizeof(Cell)))) {}

Region::~Region() {
  munmap(base_, bytes_);
  munmap(cells_, bytes_ * sizeof(Cell));
}

void Region::forget(size_t offset, size_t bytes) {
  // Both are whole pages when the buffer is: a cell is 16 bytes.
  madvise(base_ + offset, bytes, MADV_DONTNEED);
  madvise(cells_ + offset, bytes * sizeof(Cell), MADV_DONTNEED);
}

GlobalMemory::Flags::Flags(size_t bytes)
    : bytes_(bytes), data_(static_cast<uint8_t *>(reserve(bytes))) {}

GlobalMemory::Flags::~Flags() { munmap(data_, bytes_); }

GlobalMemory::GlobalMemory() : region_(kBytes), written_(kBytes), owner_(kBytes / kPage) {}

void *GlobalMemory::allocate(size_t bytes, const std::string &name) {
  // A free page on each side, so that an address outside a buffer is in no other one.
  const size_t pages = align(bytes, kPage) + kPage;
  if (next_ + pages > kBytes) return nullptr;
  const size_t begin = next_;
  next_ += pages;
  in_use_ += pages;
  buffers_.push_back({begin, begin + bytes, name, ++numbers_, true});
  for (size_t page = begin / kPage; page * kPage < begin + bytes; ++page) {
    owner_[page] = static_cast<uint32_t>(buffers_.size());
  }
  std::memset(region_.base() + begin, 0xFF, bytes);
  return region_.base() + begin;
}

void GlobalMemory::release(void *address) {
  if (address == nullptr) return;
  const size_t begin = region_.offset(address);
  Buffer &buffer = buffers_[owner_[begin / kPage] - 1];
  const size_t pages = align(buffer.end - buffer.begin, kPage);
  buffer.live = false;
  in_use_ -= pages + kPage;
  for (size_t page = 0; page < pages / kPage; ++page) owner_[begin / kPage + page] = 0;
  region_.forget(begin, pages);
  madvise(written_.data(begin), pages, MADV_DONTNEED);
  // Addresses are used again only from the end, so that a late use of old ones is seen.
  while (!buffers_.empty() && !buffers_.back().live) {
    next_ = buffers_.back().begin;
    buffers_.pop_back();
  }
}

void GlobalMemory::note_written(const void *address, size_t bytes) {
  std::memset(written_.data(region_.offset(address)), 1, bytes);
}

const GlobalMemory::Buffer *GlobalMemory::buffer_at(size_t offset) const {
  const uint32_t owner = owner_[offset / kPage];
  return owner == 0 ? nullptr : &buffers_[owner - 1];
}

bool GlobalMemory::inside(const void *address, size_t bytes) const {
  const size_t offset = region_.offset(address);
  const Buffer *buffer = buffer_at(offset);
  return buffer != nullptr && offset >= buffer->begin && offset + bytes <= buffer->end;
}

uint64_t GlobalMemory::buffer_number(const void *address) const {
  const Buffer *buffer = buffer_at(region_.offset(address));
  return buffer == nullptr ? 0 : buffer->number;
}

size_t GlobalMemory::bytes_written(const std::string &name) const {
  size_t count = 0;
  for (const Buffer &buffer : buffers_) {
    if (!buffer.live || buffer.name != name) continue;
    for (size_t at = buffer.begin; at < buffer.end; ++at) count += *written_.data(at) != 0;
  }
  return count;
}

std::string GlobalMemory::place(const void *address) const {
  const size_t offset = region_.offset(address);
  const Buffer *nearest = nullptr;
  for (const Buffer &buffer : buffers_) {
    if (buffer.begin <= offset) nearest = &buffer;
  }
  if (nearest == nullptr) return "global memory before every buffer";
  return "byte " + std::to_string(offset - nearest->begin) + " of global buffer '" + nearest->name +
         "' (" + std::to_string(nearest->end - nearest->begin) + " bytes" +
         (nearest->live ? ")" : ", released)");
}

void SharedMemory::begin(size_t dynamic_bytes) {
  objects_.clear();
  next_ = 0;
  static_bytes_ = 0;
  dynamic_bytes_ = dynamic_bytes;
}

void *SharedMemory::declare(const void *key, size_t bytes, size_t alignment) {
  for (const Object &object : objects_) {
    if (object.key == key) return region_.base() + object.begin;
  }
  const size_t begin = align(next_, alignment);
  const size_t bank = align(static_bytes_, alignment);
  objects_.push_back({key, begin, begin + bytes, bank});
  next_ = align(begin + bytes, 128) + kGap;
  static_bytes_ = bank + bytes;
  return region_.base() + begin;
}

const SharedMemory::Object *SharedMemory::object_at(size_t offset) const {
  for (const Object &object : objects_) {
    if (offset >= object.begin && offset < object.end) return &object;
  }
  return nullptr;
}

bool SharedMemory::inside(const void *address, size_t bytes) const {
  const size_t offset = region_.offset(address);
  if (offset >= kDynamicAt) return offset + bytes <= kDynamicAt + dynamic_bytes_;
  const Object *object = object_at(offset);
  return object != nullptr && offset + bytes <= object->end;
}

uint32_t SharedMemory::bank_offset(const void *address) const {
  const size_t offset = region_.offset(address);
  if (offset >= kDynamicAt) {
    return static_cast<uint32_t>(align(static_bytes_, 128) + offset - kDynamicAt);
  }
  const Object *object = object_at(offset);
  return static_cast<uint32_t>(object == nullptr ? offset : object->bank + offset - object->begin);
}

std::byte *SharedMemory::at_bank_offset(uint32_t offset) const {
  const size_t first = align(static_bytes_, 128);
  return offset < first || offset - first >= dynamic_bytes_ ? nullptr : region_.base() + kDynamicAt + offset - first;
}

std::string SharedMemory::place(const void *address) const {
  const size_t offset = region_.offset(address);
  if (offset >= kDynamicAt) {
    return "byte " + std::to_string(offset - kDynamicAt) + " of " + std::to_string(dynamic_bytes_) +
           " of dynamic shared memory";
  }
  const Object *object = object_at(offset);
  if (object == nullptr) return "shared memory between its objects";
  return "byte " + std::to_string(offset - object->begin) + " of " +
         std::to_string(object->end - object->begin) + " of a static shared object";
}

}  // namespace simt
