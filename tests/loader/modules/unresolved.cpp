// An engine that needs what the program no longer has.
extern "C" {
void thawNoLongerThere();
extern const char thawEngineBuild[];
const char thawEngineBuild[] = "another build";
void thawCallsIt() { thawNoLongerThere(); }
}
