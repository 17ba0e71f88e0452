// The zip files that PyTorch writes: members stored without compression. Read as untrusted input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/untrusted.h"

namespace thaw::core {

class StoredZip {
public:
    struct Member {
        std::uint64_t offset = 0, size = 0;  ///< of its bytes in the file
        std::uint32_t crc = 0;
        bool stored = true;  ///< not compressed: others are listed but cannot be read
    };

    /// Reads the directory. `file` must outlive this. Throws WeightsError for encrypted, overlapping or ZIP64 members.
    explicit StoredZip(const UntrustedFile& file);
    const std::map<std::string, Member>& members() const { return m_members; }
    /// Compares the member's bytes with its checksum. Throws WeightsError, also for a compressed one.
    void verify(const std::string& name) const;
    /// A small member, checked. Throws WeightsError when it is longer than `limit`.
    std::vector<std::uint8_t> read(const std::string& name, std::size_t limit) const;

private:
    const UntrustedFile& m_file;
    std::map<std::string, Member> m_members;
};

}  // namespace thaw::core
