# The files of the virtual disks, and the chains they are in.

$MaxChainFiles = 64
$Files = [ordered]@{}

function Get-PathKey([string]$path) {
    $plain = $path.Replace('/', '\')
    if ($plain.StartsWith('\\?\UNC\', [StringComparison]::OrdinalIgnoreCase)) { $plain = '\\' + $plain.Substring(8) }
    elseif ($plain.StartsWith('\\?\')) { $plain = $plain.Substring(4) }
    return $plain.ToUpperInvariant()
}

function New-FileRecord([string]$path) {
    return [ordered]@{
        path = $path; format = $null; type = $null; fileBytes = $null; virtualBytes = $null; parent = $null
        diskId = $null; lastWrite = $null; via = 'stat'; error = $null
    }
}

# Looks the file up in its folder, which opens nothing and works while it is in use.
function Read-Stat($file) {
    try {
        $item = Get-Item -LiteralPath $file.path -Force
        $file.fileBytes = [long]$item.Length
        $file.lastWrite = Format-Time $item.LastWriteTimeUtc
    }
    catch {
        $code = 'STAT_FAILED'
        $cause = Get-Cause $_
        if ($cause -eq 'gone') { $code = 'VHD_NOT_FOUND' }
        if ($cause -eq 'denied') { $code = 'VHD_ACCESS_DENIED' }
        $file.error = New-Problem $code $_ $file.path
    }
}

function Get-VhdCode([string]$cause) {
    switch ($cause) {
        'denied' { return 'VHD_ACCESS_DENIED' }
        'busy' { return 'VHD_IN_USE' }
        'gone' { return 'VHD_NOT_FOUND' }
        'corrupt' { return 'VHD_CORRUPT' }
        'loop' { return 'CHAIN_LOOP' }
        'parent-missing' { return 'PARENT_MISSING' }
        'parent-mismatch' { return 'PARENT_MISMATCH' }
    }
    return 'VHD_FAILED'
}

function Set-VhdFact($file, $vhd) {
    $file.format = [int]$vhd.VhdFormat
    $file.type = [int]$vhd.VhdType
    $file.virtualBytes = [long]$vhd.Size
    $file.diskId = [string]$vhd.DiskIdentifier
    $parent = [string]$vhd.ParentPath
    if ($parent -ne '') { $file.parent = $parent }
    elseif ($file.type -eq 4) { throw 'a differencing disk without a parent path' }
    $file.via = 'get-vhd'
    # The folder may be closed to this account while the service reads the disk on its behalf.
    if ($null -eq $file.fileBytes -and $null -ne $vhd.FileSize) { $file.fileBytes = [long]$vhd.FileSize }
    if ($null -ne $file.fileBytes) { $file.error = $null }
}

function Read-Vhd($file) {
    if (Test-Stuck 'Get-VHD') {
        $file.error = New-Problem 'BUDGET_EXCEEDED' 'not asked, for Get-VHD of another file did not return' $file.path
        return
    }
    try {
        $vhd = @(Invoke-Aside 'Get-VHD' { param($path) Hyper-V\Get-VHD -Path $path -ErrorAction Stop } $file.path)
        if (Test-Stuck 'Get-VHD') { $file.error = New-Problem 'BUDGET_EXCEEDED' 'Get-VHD did not return in time' $file.path }
        else { Set-VhdFact $file $vhd[0] }
    }
    catch {
        $record = Get-InnerRecord $_
        $file.error = New-Problem (Get-VhdCode (Get-Cause $record)) $record $file.path
    }
}

# Follows one disk to its base. A file met before has been followed already, which also ends circles.
function Read-Chain([string]$path, [bool]$open) {
    $next = $path
    for ($depth = 0; $next -ne '' -and $depth -le $MaxChainFiles; $depth++) {
        $key = Get-PathKey $next
        if ($Files.Contains($key)) { return }
        $file = New-FileRecord $next
        $Files[$key] = $file
        if (-not (Test-Budget)) { $file.error = New-Problem 'BUDGET_EXCEEDED' $null $next; return }
        Read-Stat $file
        if ($next -like '*.vhds') { return }
        if (-not $open -or $Untouchable.ContainsKey($key)) {
            if ($null -eq $file.error) { $file.error = New-Problem 'BUSY_SKIPPED' $null $next }
            return
        }
        Read-Vhd $file
        $next = [string]$file.parent
    }
}

function Read-Chains($entry) {
    Update-Busy $entry
    foreach ($path in @(Get-DiskPath $entry)) { Read-Chain $path (-not $entry.busy) }
}
