// An engine from before builds had a hash.
extern "C" {
extern void* const thawEngine[64];
void* const thawEngine[64] = {};
}
