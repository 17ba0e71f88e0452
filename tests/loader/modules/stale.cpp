// An engine of another build: its table must not be called.
extern "C" {
extern const char thawEngineBuild[];
const char thawEngineBuild[] = "another build";
extern void* const thawEngine[64];
void* const thawEngine[64] = {};
}
