# The volumes that the files are on.

# A cluster shared volume has a folder of its own on the drive of the system.
$VolumeRoots = '^[A-Za-z]:\\ClusterStorage\\[^\\]+\\', '^[A-Za-z]:\\', '^\\\\\?\\Volume\{[0-9A-Fa-f-]{36}\}\\', '^\\\\[^\\?.][^\\]*\\[^\\]+\\'
$Volumes = [ordered]@{}

# Where the volume of a path begins, as far as the path tells: it does not tell of a volume mounted in a folder.
function Get-VolumeRoot([string]$path) {
    $plain = [regex]::Replace($path.Replace('/', '\'), '(?<=[^\\])\\+', '\')
    if ($plain.StartsWith('\\?\UNC\', [StringComparison]::OrdinalIgnoreCase)) { $plain = '\\' + $plain.Substring(8) }
    elseif ($plain -match '^\\\\\?\\[A-Za-z]:\\') { $plain = $plain.Substring(4) }
    foreach ($pattern in $VolumeRoots) {
        $root = [regex]::Match($plain, $pattern, 'IgnoreCase')
        if ($root.Success) { return $root.Value }
    }
    return $null
}

function Set-VolumeFact($volume, $found) {
    $volume.volumePath = [string]$found.Path
    $volume.fileSystem = [string]$found.FileSystem
    if ($null -eq $found.Size -or $null -eq $found.SizeRemaining) { return }
    $volume.freeBytes = [long]$found.SizeRemaining
    $volume.totalBytes = [long]$found.Size
}

# Asked for the root: nothing on the volume is opened for it.
function Read-Volume([string]$root) {
    $volume = [ordered]@{ root = $root; volumePath = $null; fileSystem = $null; totalBytes = $null; freeBytes = $null; error = $null }
    # Get-Volume does not know what lies on another host.
    if ($root -match '^\\\\[^?]') { return $volume }
    if (-not (Test-Budget)) { $volume.error = New-Problem 'BUDGET_EXCEEDED' $null $root; return $volume }
    if (Test-Stuck 'Get-Volume') {
        $volume.error = New-Problem 'BUDGET_EXCEEDED' 'not asked, for Get-Volume of another volume did not return' $root
        return $volume
    }
    try {
        $found = @(Invoke-Aside 'Get-Volume' { param($path) Storage\Get-Volume -FilePath $path -ErrorAction Stop } $root)
        if (Test-Stuck 'Get-Volume') { $volume.error = New-Problem 'BUDGET_EXCEEDED' 'Get-Volume did not return in time' $root }
        elseif ($found.Count -eq 0) { $volume.error = New-Problem 'VOLUME_FAILED' 'Get-Volume found none' $root }
        else { Set-VolumeFact $volume $found[0] }
    }
    catch { $volume.error = New-Problem 'VOLUME_FAILED' (Get-InnerRecord $_) $root }
    return $volume
}

# The space on every volume that holds a disk; nothing that is judged depends on it.
function Read-Volumes($entries) {
    try {
        $paths = @($entries.Values | ForEach-Object { Get-DiskPath $_ }) + @($Files.Values | ForEach-Object { $_.path })
        foreach ($path in $paths) {
            $root = Get-VolumeRoot $path
            if ($null -eq $root) { continue }
            $key = Get-PathKey $root
            if (-not $Volumes.Contains($key)) { $Volumes[$key] = Read-Volume $root }
        }
    }
    catch { Add-HostProblem 'FACT_FAILED' $_ 'Get-Volume' }
}
