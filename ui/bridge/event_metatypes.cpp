#include "ui/bridge/event_metatypes.h"
