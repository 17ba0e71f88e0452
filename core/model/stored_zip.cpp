#include "core/model/stored_zip.h"

#include <algorithm>
#include <array>

#include <zlib.h>

#include "core/util/byte_order.h"

namespace thaw::core {

namespace {

constexpr std::uint32_t kLocalMagic = 0x04034b50, kCentralMagic = 0x02014b50, kEndMagic = 0x06054b50;
constexpr std::size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr std::uint32_t kInZip64 = 0xffffffff;

std::uint32_t u16(const std::uint8_t* data) { return static_cast<std::uint32_t>(littleEndian(data, 2)); }
std::uint32_t u32(const std::uint8_t* data) { return static_cast<std::uint32_t>(littleEndian(data, 4)); }

}  // namespace

StoredZip::StoredZip(const UntrustedFile& file) : m_file(file) {
    if (file.size() < kEndBytes) file.fail("its zip directory is missing");
    // The end record may be followed by a comment of up to 65535 bytes.
    std::vector<std::uint8_t> tail(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kEndBytes + 0xffff)));
    file.read(file.size() - tail.size(), tail.data(), tail.size());
    std::size_t end = tail.size();
    for (std::size_t at = tail.size() - kEndBytes + 1; at-- > 0;) {
        if (u32(&tail[at]) == kEndMagic && u16(&tail[at + 20]) == tail.size() - at - kEndBytes) {
            end = at;
            break;
        }
    }
    if (end == tail.size()) file.fail("its zip directory is missing or cut off");

    const std::uint64_t endOffset = file.size() - tail.size() + end;
    const std::uint32_t count = u16(&tail[end + 10]);
    const std::uint64_t directoryBytes = u32(&tail[end + 12]), directoryOffset = u32(&tail[end + 16]);
    if (u16(&tail[end + 4]) != 0 || u16(&tail[end + 6]) != 0 || u16(&tail[end + 8]) != count)
        file.fail("it is a zip file in several parts");
    if (count == 0xffff || directoryBytes == kInZip64 || directoryOffset == kInZip64)
        file.fail("it is a ZIP64 file, which Thaw does not read");
    if (directoryOffset > endOffset || directoryBytes > endOffset - directoryOffset)
        file.fail("its zip directory lies outside the file");
    if (directoryBytes < std::uint64_t{count} * kCentralBytes) file.fail("its zip directory is too short");

    std::vector<std::uint8_t> directory(static_cast<std::size_t>(directoryBytes));
    file.read(directoryOffset, directory.data(), directory.size());
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (directory.size() - at < kCentralBytes || u32(&directory[at]) != kCentralMagic)
            file.fail("its zip directory is damaged");
        const std::uint8_t* record = &directory[at];
        const std::size_t nameBytes = u16(record + 28);
        const std::size_t recordBytes = kCentralBytes + nameBytes + u16(record + 30) + u16(record + 32);
        if (directory.size() - at < recordBytes) file.fail("its zip directory is damaged");
        const std::string name(reinterpret_cast<const char*>(record + kCentralBytes), nameBytes);
        at += recordBytes;

        Member member;
        member.crc = u32(record + 16);
        member.size = u32(record + 24);
        const std::uint64_t local = u32(record + 42);
        if ((u16(record + 8) & 1) != 0) file.fail("its member " + inQuotes(name) + " is encrypted");
        member.stored = u16(record + 10) == 0;
        if (member.size == kInZip64 || local == kInZip64) file.fail("it is a ZIP64 file, which Thaw does not read");
        const std::uint64_t packed = u32(record + 20);
        if (member.stored && packed != member.size) file.fail("its member " + inQuotes(name) + " has two sizes");

        std::array<std::uint8_t, kLocalBytes> header{};
        if (local > directoryOffset || directoryOffset - local < kLocalBytes)
            file.fail("its member " + inQuotes(name) + " lies outside the file");
        file.read(local, header.data(), header.size());
        if (u32(header.data()) != kLocalMagic || u16(&header[26]) != nameBytes)
            file.fail("its member " + inQuotes(name) + " is not where it should be");
        std::string localName(nameBytes, '\0');
        file.read(local + kLocalBytes, localName.data(), nameBytes);
        if (localName != name) file.fail("its member " + inQuotes(name) + " has another name in its place");
        member.offset = local + kLocalBytes + nameBytes + u16(&header[28]);
        if (member.offset > directoryOffset || packed > directoryOffset - member.offset) {
            file.fail("its member " + inQuotes(name) + " lies outside the file");
        }
        ranges.emplace_back(local, member.offset + packed);
        if (!m_members.emplace(name, member).second) file.fail("its member " + inQuotes(name) + " stands there twice");
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        if (ranges[i].first < ranges[i - 1].second) file.fail("two of its members overlap");
    }
}

void StoredZip::verify(const std::string& name) const {
    const Member& member = m_members.at(name);
    if (!member.stored)
        m_file.fail("its member " + inQuotes(name) + " is compressed, so PyTorch did not write it",
                    "Save it again with torch.save, or unpack it and choose the weights file in it.");
    std::vector<std::uint8_t> piece(static_cast<std::size_t>(std::min<std::uint64_t>(member.size, 1 << 20)));
    uLong crc = ::crc32(0, nullptr, 0);
    for (std::uint64_t done = 0; done < member.size;) {
        const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), member.size - done));
        m_file.read(member.offset + done, piece.data(), bytes);
        crc = ::crc32(crc, piece.data(), static_cast<uInt>(bytes));
        done += bytes;
    }
    if (crc != member.crc) m_file.fail("its member " + inQuotes(name) + " does not have its checksum");
}

std::vector<std::uint8_t> StoredZip::read(const std::string& name, std::size_t limit) const {
    const Member& member = m_members.at(name);
    if (member.size > limit) m_file.fail("its member " + inQuotes(name) + " is too long");
    verify(name);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(member.size));
    m_file.read(member.offset, bytes.data(), bytes.size());
    return bytes;
}

}  // namespace thaw::core
