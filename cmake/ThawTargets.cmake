# Helpers shared by every folder's CMakeLists.txt.

find_program(THAW_CCACHE ccache)
if(THAW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need these: https://ccache.dev/manual/latest.html#_precompiled_headers
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${THAW_CCACHE})
endif()

add_library(thaw_options INTERFACE)
target_compile_features(thaw_options INTERFACE cxx_std_17)
target_include_directories(thaw_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(thaw_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                       $<$<BOOL:${THAW_WERROR}>:-Werror>)
if(THAW_CCACHE)
  target_compile_options(thaw_options INTERFACE -fpch-preprocess)
endif()
if(THAW_SANITIZE)
  target_compile_options(thaw_options INTERFACE -fsanitize=${THAW_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(thaw_options INTERFACE -fsanitize=${THAW_SANITIZE})
endif()

# thaw_base_sources(FILE...): sources of this folder that need neither Torch nor OpenCV and that a window calls.
function(thaw_base_sources)
  target_sources(thaw_base PRIVATE ${ARGN})
endfunction()

# thaw_core_sources(FILE...): sources of this folder that do not include Torch, but that only the engine needs, or that need OpenCV.
function(thaw_core_sources)
  target_sources(thaw_core PRIVATE ${ARGN})
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE paths)
  set_source_files_properties(${paths} TARGET_DIRECTORY thaw_core PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# thaw_core_torch_sources(FILE...): sources of this folder that do; they share one precompiled header.
function(thaw_core_torch_sources)
  target_sources(thaw_core PRIVATE ${ARGN})
endfunction()
